/** Signatures of ordinary mail: the `-- ` line (RFC 3676 4.3), and what mail apps add about themselves. */
import { isBlank } from './text.ts';

interface Line {
  readonly quoted: boolean;
  readonly text: string;
}

/** `--` without its space, as programs that strip white space leave it, counts near the end only. */
const SHORT_SIGNATURE_LINES = 10;

/** Index of the signature's `-- ` line; the number of lines when there is none. */
export function signatureStart(lines: readonly Line[]): number {
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.quoted) continue;
    if (line.text === '-- ') return at;
    if (line.text === '--' && at > 0 && rest(lines, at) <= SHORT_SIGNATURE_LINES) return at;
  }
  return lines.length;
}

function rest(lines: readonly Line[], at: number): number {
  let count = 0;
  for (let next = at + 1; next < lines.length && count <= SHORT_SIGNATURE_LINES; next++) {
    if (lines[next]?.quoted === true) break;
    if (!isBlank(lines[next]?.text)) count++;
  }
  return count;
}

const MAX_ADVERTISEMENT_LENGTH = 160;

const ADVERTISEMENTS: readonly RegExp[] = [
  /^(?:sent|mailed|written) (?:from|with|via|using|on) (?:my |the |a )?\S.*$/i,
  /^get (?:outlook|bluemail|yahoo mail|aqua mail|spike)\b.*$/i,
  /^von meinem \S.*gesendet\.?$/i,
  /^(?:gesendet|geschickt|verschickt|versendet) (?:von|mit|über|aus) \S.*$/i,
  /^diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) .*gesendet\.?$/i,
  /^holen sie sich outlook .*$/i,
  /^outlook für (?:ios|android) (?:beziehen|herunterladen).*$/i,
  /^envoyé (?:de|depuis|à partir d|avec|par) ?\S.*$/i,
  /^télécharger outlook .*$/i,
  /^enviado (?:desde|de|do|a partir d|con) ?\S.*$/i,
  /^obtener outlook .*$/i,
  /^(?:inviato|spedito) (?:da|dal|con) ?\S.*$/i,
  /^verzonden (?:vanaf|met|via|vanuit) \S.*$/i,
  /^(?:skickat|skickades|sendt|lähetetty) (?:från|fra|med|via) ?\S.*$/i,
  /^wysłan[eoay] (?:z|przez) \S.*$/i,
  /^отправлено (?:с|из|от) \S.*$/i,
  /^\S+ ?(?:から送信|より送信)$/,
];

/** Words that a device or program is named by; "Sent from heaven" is a sentence. */
const DEVICE =
  /phone|pad\b|pod\b|android|samsung|galaxy|xiaomi|huawei|nokia|pixel|handy|mobil|smartphone|tablet|blackberry|outlook|mail|gmx|web\.de|yahoo|proton|tuta|thunderbird|k-9|spark|windows|\bmac\b|watch|app\b|ordinateur|téléphone|móvil|telefon|http/i;

/** Without the lines at the end in which an app names itself. */
export function withoutAdvertisement<T extends Line>(lines: readonly T[]): readonly T[] {
  let end = lines.length;
  for (let round = 0; round < 2; round++) {
    let last = end;
    while (last > 0 && isBlank(lines[last - 1]?.text)) last--;
    const line = lines[last - 1];
    if (line === undefined || line.quoted || !isAdvertisement(line.text))
      return round === 0 ? lines : lines.slice(0, end);
    end = last - 1;
  }
  return lines.slice(0, end);
}

export function isAdvertisement(line: string): boolean {
  const text = line.trim().replace(/^[-–—*_]+\s*/, '');
  if (text.length > MAX_ADVERTISEMENT_LENGTH || !DEVICE.test(text)) return false;
  return ADVERTISEMENTS.some((pattern) => pattern.test(text));
}
