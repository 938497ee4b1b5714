/** Dates of mail (RFC 5322 3.3 and 4.3, obsolete zones and two-digit years included) as epoch milliseconds. */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Minutes east of Greenwich. Military letters mean nothing certain: RFC 5322 4.3 reads them as -0000. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  // Not in the RFC, but seen.
  wet: 0,
  west: 60,
  bst: 60,
  cet: 60,
  mez: 60,
  cest: 120,
  mesz: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  ist: 330,
  jst: 540,
};

const RFC =
  /^(?:[a-zä]{2,10}\.?\s*,?\s*)?(\d{1,2})[\s-]+([a-zä]{3})[a-z]*\.?[\s,-]+(\d{2,4})[\s,]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:\.\d+)?)?\s*(am|pm)?\s*([+-]\s?\d{1,2}:?\d{2}|[a-z]{1,5})?/i;
/** `Tue Nov 24 02:28:35 2026 +0100`, as C programs write it. */
const ASCTIME =
  /^[a-z]{3}\s+([a-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+(?:([a-z]{1,5}|[+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}))?/i;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?/i;

const MAX_LENGTH = 200;

/** @returns undefined when it is no date */
export function parseDate(value: string): number | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const text = value.replace(/\([^()]*\)/g, ' ').trim();
  const rfc = RFC.exec(text);
  if (rfc !== null) {
    const [, day, month, year, hour, minute, second, half, zone] = rfc;
    return epoch(fullYear(year ?? ''), monthOf(month), day, hourOf(hour, half), minute, second, zone);
  }
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) {
    const [, month, day, hour, minute, second, zone, year, lateZone] = asctime;
    return epoch(Number(year), monthOf(month), day, Number(hour), minute, second, lateZone ?? zone);
  }
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const [, year, month, day, hour, minute, second, zone] = iso;
  return epoch(Number(year), Number(month) - 1, day, Number(hour), minute, second, zone);
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').toLowerCase());
}

function hourOf(hour: string | undefined, half: string | undefined): number {
  const number = Number(hour);
  if (half === undefined) return number;
  return (number % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** RFC 5322 4.3: 00–49 are of this century, other two- and three-digit years count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 3) return year;
  return year < 50 && digits.length === 2 ? 2000 + year : 1900 + year;
}

function zoneMinutes(zone: string | undefined): number {
  const digits = /^([+-])\s?(\d{1,2}):?(\d{2})$/.exec(zone ?? '');
  if (digits === null) return ZONES[(zone ?? '').toLowerCase()] ?? 0;
  const minutes = Number(digits[2]) * 60 + Number(digits[3]);
  return digits[1] === '-' ? -minutes : minutes;
}

function epoch(
  year: number,
  month: number,
  day: string | undefined,
  hour: number,
  minute: string | undefined,
  second: string | undefined,
  zone: string | undefined,
): number | undefined {
  const seconds = Number(second ?? 0);
  const fits =
    month >= 0 &&
    month < 12 &&
    Number(day) >= 1 &&
    Number(day) <= 31 &&
    hour < 24 &&
    Number(minute) < 60 &&
    seconds <= 60;
  if (!fits || year < 1900) return undefined;
  const at = Date.UTC(year, month, Number(day), hour, Number(minute), Math.min(seconds, 59));
  return at - zoneMinutes(zone) * 60_000;
}

/** RFC 5322 date in UTC; the time zone of the sender is nobody's business. */
export function formatDate(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  const month = MONTHS[date.getUTCMonth()] ?? 'jan';
  return (
    `${DAY_NAMES[date.getUTCDay()]}, ${date.getUTCDate()} ${month.charAt(0).toUpperCase()}${month.slice(1)} ` +
    `${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
  );
}
