/** Numbers, dates and sizes in the language of the page. Formatters are made once per language. */
let locale = 'en';
const formatters = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.PluralRules>();

/** @param tag BCP 47; a tag that the browser does not know gives English */
export function setFormatLocale(tag: string): void {
  try {
    locale = Intl.getCanonicalLocales(tag.replace('_', '-'))[0] ?? 'en';
  } catch {
    locale = 'en';
  }
  formatters.clear();
}

export function formatLocale(): string {
  return locale;
}

function made<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.PluralRules>(key: string, make: () => T): T {
  const known = formatters.get(key) ?? make();
  formatters.set(key, known);
  return known as T;
}

function date(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return made(key, () => new Intl.DateTimeFormat(locale, options));
}

export function formatCount(count: number): string {
  return made('count', () => new Intl.NumberFormat(locale)).format(count);
}

/** Whether this count takes the singular in the language of the page. */
export function isOne(count: number): boolean {
  return made('plural', () => new Intl.PluralRules(locale)).select(count) === 'one';
}

/** 14:05, 09:05, 9:05 AM */
export function formatTime(at: number): string {
  const hour = date('hours', { hour: 'numeric' }).resolvedOptions().hour12 === true ? 'numeric' : '2-digit';
  return date('time', { hour, minute: '2-digit' }).format(at);
}

/** Everything, for titles and details. */
export function formatFull(at: number): string {
  return date('full', { dateStyle: 'full', timeStyle: 'medium' }).format(at);
}

/** Local midnight of that day. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Whole days from that day to today; 0 = today, 1 = yesterday. Summer time does not disturb it. */
export function daysAgo(at: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(at)) / 86_400_000);
}

/** Time in a list row: today 14:05, this week Mon, this year 20 Nov, else with the year. */
export function formatListTime(at: number, now: number): string {
  const days = daysAgo(at, now);
  if (days <= 0) return formatTime(at);
  if (days < 7) return date('weekday', { weekday: 'short' }).format(at);
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) {
    return date('day', { day: 'numeric', month: 'short' }).format(at);
  }
  return date('date', { dateStyle: 'short' }).format(at);
}

/** Friday 20 November; with the year if it is another one. */
export function formatDay(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? date('long-day', { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
    : date('long-date', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}

/** 84 kB, 1.4 MB: powers of 1000, as mail programs show them. */
export function formatSize(bytes: number): string {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const at = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const unit = steps[at] ?? 'byte';
  const value = bytes / 1000 ** at;
  const digits = at > 1 && value < 10 ? 1 : 0;
  return made(
    `${unit}${digits}`,
    () => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }),
  ).format(value);
}
