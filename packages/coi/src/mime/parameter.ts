/**
 * `value; name=value` fields: Content-Type and Content-Disposition with RFC 2231 (charset, continuation), and
 * what people send instead: encoded words, missing quotes, stray semicolons.
 */
import { utf8 } from '@coi-webmail/base';
import { decodeCharset } from './charset.ts';
import { MAX_PARAMETER_COUNT } from './limit.ts';
import { decodeWords, foldField, plainText } from './words.ts';

export interface ParameterField {
  /** Lower-case, without white space; '' when the field was missing or empty. */
  readonly value: string;
  /** Lower-case name -> decoded value. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Media types and dispositions are short; what is longer is none. */
const MAX_VALUE_LENGTH = 300;

const NONE: ParameterField = { value: '', parameters: new Map() };

export function parseParameterField(field: string | undefined): ParameterField {
  if (field === undefined || field === '') return NONE;
  const semicolon = field.indexOf(';');
  const written = field.slice(0, Math.min(MAX_VALUE_LENGTH, semicolon === -1 ? field.length : semicolon));
  const value = written.replace(/\([^)]*\)|[\s"]+/g, '').toLowerCase();
  if (semicolon === -1) return { value, parameters: NONE.parameters };
  return { value, parameters: joinSections(parseParameters(field, semicolon + 1)) };
}

function parseParameters(field: string, start: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = start;
  while (at < field.length && found.size < MAX_PARAMETER_COUNT) {
    const equals = field.indexOf('=', at);
    if (equals === -1) break;
    const semicolon = field.indexOf(';', at);
    if (semicolon !== -1 && semicolon < equals) {
      at = semicolon + 1;
      continue;
    }
    const name = (field.slice(at, equals).split(/\s/).filter(Boolean).at(-1) ?? '').toLowerCase();
    const value = readValue(field, equals + 1);
    if (name !== '' && !found.has(name)) found.set(name, value.text);
    at = value.end;
  }
  return found;
}

function readValue(field: string, start: number): { readonly text: string; readonly end: number } {
  let at = start;
  while (field[at] === ' ' || field[at] === '\t') at++;
  if (field[at] !== '"') {
    const semicolon = field.indexOf(';', at);
    const end = semicolon === -1 ? field.length : semicolon;
    return { text: withoutComment(field.slice(at, end)), end: end + 1 };
  }
  let text = '';
  let from = ++at;
  while (at < field.length && field[at] !== '"') {
    if (field[at] === '\\' && at + 1 < field.length && isQuotable(field[at + 1])) {
      text += field.slice(from, at);
      from = ++at;
    }
    at++;
  }
  return { text: text + field.slice(from, at), end: at + 1 };
}

/** `C:\temp\x.txt` in quotes is a path that somebody forgot to escape. */
function isQuotable(character: string | undefined): boolean {
  return character === '"' || character === '\\';
}

/** `us-ascii (Plain text)`. */
function withoutComment(text: string): string {
  const trimmed = text.trim();
  const open = trimmed.endsWith(')') ? trimmed.indexOf(' (') : -1;
  return open === -1 ? trimmed : trimmed.slice(0, open).trimEnd();
}

interface Section {
  readonly index: number;
  readonly text: string;
  readonly encoded: boolean;
}

/** RFC 2231: `name*0*=charset'language'…`, `name*1=…`, `name*=…`. */
function joinSections(found: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  const sections = new Map<string, Section[]>();
  for (const [key, text] of found) {
    const match = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(key);
    if (match === null) {
      joined.set(key, decodeWords(text));
      continue;
    }
    const [, name = '', index, star] = match;
    const section = { index: Number(index ?? 0), text, encoded: index === undefined || star !== undefined };
    const list = sections.get(name);
    if (list === undefined) sections.set(name, [section]);
    else list.push(section);
  }
  for (const [name, list] of sections) joined.set(name, decodeSections(list));
  return joined;
}

function decodeSections(list: readonly Section[]): string {
  const sorted = [...list].sort((a, b) => a.index - b.index);
  const first = sorted[0];
  const prefix = first?.encoded === true ? /^([^']*)'[^']*'/.exec(first.text) : null;
  const bytes: number[] = [];
  for (const section of sorted) {
    const text = section === first && prefix !== null ? section.text.slice(prefix[0].length) : section.text;
    pushBytes(bytes, text, section.encoded);
  }
  const whole = Uint8Array.from(bytes);
  return prefix === null && !sorted.some((section) => section.encoded)
    ? decodeWords(decodeCharset(whole, 'utf-8').text)
    : decodeCharset(whole, prefix?.[1] ?? 'utf-8').text;
}

function pushBytes(bytes: number[], text: string, encoded: boolean): void {
  const raw = utf8(text);
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at] as number;
    const hex = encoded && byte === 0x25 ? String.fromCharCode(raw[at + 1] ?? 0, raw[at + 2] ?? 0) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else {
      bytes.push(byte);
    }
  }
}

/** Octets of one RFC 2231 section, so that its line stays within 78. */
const SECTION_LENGTH = 60;

/** A complete field; values that are no tokens are quoted, other than ASCII ones written by RFC 2231. */
export function formatParameterField(
  name: string,
  value: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const items = Object.entries(parameters).flatMap(([key, text]) => formatParameter(key, plainText(text)));
  const all = [plainText(value), ...items];
  return foldField(
    name,
    all.map((item, index) => (index < all.length - 1 ? `${item};` : item)),
  );
}

function formatParameter(name: string, value: string): readonly string[] {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z{}-]{1,60}$/.test(value)) return [`${name}=${value}`];
  if (/^[ -~]{0,60}$/.test(value)) return [`${name}="${value.replace(/["\\]/g, '\\$&')}"`];
  const encoded = percentEncode(value);
  if (encoded.length <= SECTION_LENGTH) return [`${name}*=utf-8''${encoded}`];
  return percentSections(encoded).map(
    (section, index) => `${name}*${index}*=${index === 0 ? "utf-8''" : ''}${section}`,
  );
}

function percentEncode(value: string): string {
  let out = '';
  for (const byte of utf8(value)) {
    const character = String.fromCharCode(byte);
    out += /[0-9A-Za-z._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function percentSections(encoded: string): readonly string[] {
  return encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,18}/g) ?? [];
}
