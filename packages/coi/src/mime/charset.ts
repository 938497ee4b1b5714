/**
 * Bytes to text by charset name. Never throws: broken sequences become U+FFFD, an unknown name is read as
 * windows-1252 and marked.
 */

export interface DecodedText {
  readonly text: string;
  /** The charset was unknown (or a lie) and we guessed. */
  readonly guessed: boolean;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** windows-1252 0x80–0x9F; what is undefined there stays the control character, as browsers have it. */
const HIGH_CONTROLS =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** Names that browsers do not know, as mail programs write them. */
const ALIASES: Readonly<Record<string, string>> = {
  'latin-1': 'windows-1252',
  'latin-9': 'iso-8859-15',
  latin9: 'iso-8859-15',
  'utf-8-strict': 'utf-8',
  'unicode-2-0-utf-8': 'utf-8',
  utf8mb4: 'utf-8',
  'ks_c_5601-1989': 'euc-kr',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
};

/** Names that say nothing: UTF-8 where the bytes are UTF-8, else windows-1252. */
const UNSPECIFIC = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', 'x-unknown', 'unknown-8bit', 'unknown', '8bit']);

const decoders = new Map<string, TextDecoder | undefined>();

/** @param label charset parameter; undefined or '' when the mail names none */
export function decodeCharset(bytes: Uint8Array, label: string | undefined): DecodedText {
  const name = normalLabel(label ?? '');
  if (name === 'utf-8') return { text: decodeUtf8(bytes), guessed: false };
  if (UNSPECIFIC.has(name)) {
    const text = decodeUtf8OrWestern(bytes);
    return { text, guessed: name.includes('unknown') };
  }
  if (name === 'windows-1252' || name === 'iso-8859-1') return { text: decodeWestern(bytes), guessed: false };
  const decoder = decoderFor(name);
  if (decoder === undefined) return { text: decodeUtf8OrWestern(bytes), guessed: true };
  return { text: decoder.decode(bytes), guessed: false };
}

/** UTF-8 with U+FFFD for what is broken. */
export function decodeUtf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

/** UTF-8 when it is valid, else windows-1252: the reading of 8-bit text that names no charset. */
export function decodeUtf8OrWestern(bytes: Uint8Array): string {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    return decodeWestern(bytes);
  }
}

const CHUNK = 8192;

function decodeWestern(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  // oxlint-disable-next-line no-control-regex -- C1 controls are what windows-1252 redefines
  return text.replace(/[\u0080-\u009f]/g, (control) => HIGH_CONTROLS.charAt(control.charCodeAt(0) - 0x80));
}

/** RFC 2978 names are case-insensitive; RFC 2231 adds `*language`. */
function normalLabel(label: string): string {
  const name = (label.split('*')[0] ?? '')
    .trim()
    .replace(/^["']|["']$/g, '')
    .toLowerCase();
  const known = ALIASES[name];
  if (known !== undefined) return known;
  if (/^utf[-_ ]?8$/.test(name)) return 'utf-8';
  const windows = /^(?:cp|win|windows|x-cp|x-windows)[-_ ]?(125\d|874)$/.exec(name);
  if (windows !== null) return `windows-${windows[1]}`;
  const iso = /^iso[-_ ]?8859[-_ ](\d{1,2})(?:[-_].*)?$/.exec(name);
  return iso === null || name.endsWith('-i') || name.endsWith('-e') ? name : `iso-8859-${iso[1]}`;
}

function decoderFor(name: string): TextDecoder | undefined {
  if (decoders.has(name)) return decoders.get(name);
  let decoder: TextDecoder | undefined;
  try {
    decoder = new TextDecoder(name, { ignoreBOM: true });
  } catch {
    decoder = undefined;
  }
  // A mail may name anything; only what exists is worth remembering.
  if (decoder !== undefined) decoders.set(name, decoder);
  return decoder;
}
