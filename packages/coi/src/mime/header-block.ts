/**
 * A header section (RFC 5322 2.2): fields in order, unfolded once, names lower-case. Values stay raw text;
 * words, addresses, ids and parameters are read by those who need them.
 *
 * Tolerant: LF or CRLF, mbox line, lines without colon, white space before the colon, NUL. A lone CR is white
 * space, as IMAP servers see it.
 */
import type { HeaderName } from '../header/table.ts';
import { decodeUtf8, decodeUtf8OrWestern } from './charset.ts';
import { MAX_HEADER_BYTES, MAX_HEADER_FIELDS } from './limit.ts';

export interface HeaderField {
  /** Lower-case. */
  readonly name: string;
  /** Unfolded, trimmed, otherwise as written. */
  readonly value: string;
}

export class HeaderBlock {
  readonly fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.fields = fields;
  }

  /** Value of the first field of that name. */
  first(name: HeaderName): string | undefined {
    for (const field of this.fields) if (field.name === name) return field.value;
    return undefined;
  }

  /** Values of all fields of that name, topmost first. */
  all(name: HeaderName): readonly string[] {
    const values: string[] = [];
    for (const field of this.fields) if (field.name === name) values.push(field.value);
    return values;
  }

  has(name: HeaderName): boolean {
    return this.first(name) !== undefined;
  }
}

/** Reads the header section at the start of `bytes`, which may be a whole message, a prefix or the header alone. */
export function readHeaders(bytes: Uint8Array): HeaderBlock {
  return parseFields(bytes.subarray(0, findHeaderEnd(bytes, 0).end));
}

export interface HeaderEnd {
  /** After the last header line. */
  readonly end: number;
  /** Where the body starts: after the empty line. */
  readonly bodyStart: number;
}

/** @param isStop tells whether the line that starts there ends the section although it is no empty line */
export function findHeaderEnd(
  bytes: Uint8Array,
  start: number,
  isStop: (lineStart: number) => boolean = () => false,
): HeaderEnd {
  const limit = Math.min(bytes.length, start + MAX_HEADER_BYTES);
  let line = start;
  while (line < limit) {
    const first = bytes[line];
    if (first === 0x0a) return { end: line, bodyStart: line + 1 };
    if (first === 0x0d && bytes[line + 1] === 0x0a) return { end: line, bodyStart: line + 2 };
    if (first === 0x2d && isStop(line)) return { end: line, bodyStart: line };
    const next = bytes.indexOf(0x0a, line);
    if (next === -1 || next >= limit) break;
    line = next + 1;
  }
  // No empty line: all is header, or the section is longer than we read.
  const end = limit === bytes.length ? limit : line;
  return { end, bodyStart: end };
}

export function parseFields(section: Uint8Array): HeaderBlock {
  const fields: HeaderField[] = [];
  let name = '';
  let pieces: string[] = [];
  const finish = () => {
    if (name !== '') fields.push({ name, value: pieces.length === 1 ? (pieces[0] ?? '') : pieces.join(' ').trim() });
    name = '';
  };
  for (const line of linesOf(section)) {
    const first = line.charCodeAt(0);
    if (first === 0x20 || first === 0x09) {
      if (name !== '') pieces.push(line.trim());
      continue;
    }
    finish();
    if (fields.length >= MAX_HEADER_FIELDS) return new HeaderBlock(fields);
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const candidate = line.slice(0, colon).trimEnd();
    if (!FIELD_NAME.test(candidate)) continue;
    name = candidate.toLowerCase();
    pieces = [line.slice(colon + 1).trim()];
  }
  finish();
  return new HeaderBlock(fields);
}

const FIELD_NAME = /^[!-9;-~]{1,200}$/;

function linesOf(section: Uint8Array): readonly string[] {
  const text = decodeUtf8(section);
  const lines = text.includes('\uFFFD') ? westernLines(section) : text.split('\n');
  return lines.map(clean);
}

/** Each line by itself: one line in an old charset does not spoil the others. */
function westernLines(section: Uint8Array): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start <= section.length) {
    const end = section.indexOf(0x0a, start);
    lines.push(decodeUtf8OrWestern(section.subarray(start, end === -1 ? section.length : end)));
    if (end === -1) break;
    start = end + 1;
  }
  return lines;
}

function clean(line: string): string {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  return whole.includes('\0') || whole.includes('\r') ? whole.replaceAll('\0', '').replaceAll('\r', ' ') : whole;
}
