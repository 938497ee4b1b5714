/**
 * Content-Transfer-Encoding (RFC 2045 6): tolerant readers over bytes, strict writers.
 *
 * Readers skip what does not belong and take what they can; they are linear and never throw.
 */
import type { Bytes } from '@coi-webmail/base';

export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable';

/** The encoding that a field value means; unknown ones are identity (RFC 2045 6.4 asks for octets, people for text). */
export function transferEncodingOf(value: string | undefined): TransferEncoding {
  const name = /^[\s"']*([\w-]+)/.exec(value ?? '')?.[1]?.toLowerCase() ?? '';
  if (name === 'base64' || name === 'b') return 'base64';
  if (name === 'quoted-printable' || name === 'q' || name === 'quotedprintable') return 'quoted-printable';
  return 'identity';
}

export function decodeTransfer(bytes: Uint8Array, encoding: TransferEncoding): Uint8Array {
  if (encoding === 'base64') return decodeBase64(bytes);
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes);
  return bytes;
}

const BASE64_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SKIP = 64;
const PAD = 65;
const BASE64_VALUES = base64Values();

function base64Values(): Uint8Array {
  const values = new Uint8Array(256).fill(SKIP);
  for (let at = 0; at < BASE64_ALPHABET.length; at++) values[BASE64_ALPHABET.charCodeAt(at)] = at;
  values[0x2d] = 62;
  values[0x5f] = 63;
  values[0x3d] = PAD;
  return values;
}

/**
 * Skips foreign characters; after padding a new run may follow, as concatenated encoders write it, unless words come
 * behind it.
 */
export function decodeBase64(bytes: Uint8Array): Bytes {
  const out = new Uint8Array(Math.floor((bytes.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let count = 0;
  let lastWords: number | undefined;
  for (let at = 0; at < bytes.length; at++) {
    const value = BASE64_VALUES[bytes[at] as number] as number;
    if (value < SKIP) {
      bits = (bits << 6) | value;
      if (++count === 4) {
        out[length++] = bits >> 16;
        out[length++] = bits >> 8;
        out[length++] = bits;
        bits = 0;
        count = 0;
      }
    } else if (value === PAD && count > 0) {
      length = flush(out, length, bits, count);
      bits = 0;
      count = 0;
      lastWords ??= lastSpaceInLine(bytes);
      // A mailing list put its footer, in plain words, behind the encoded text.
      if (at < lastWords) break;
    }
  }
  return out.subarray(0, flush(out, length, bits, count));
}

/** The last space between two words of one line: encoders write none. */
function lastSpaceInLine(bytes: Uint8Array): number {
  for (let at = bytes.length - 2; at > 0; at--) {
    if (bytes[at] === 0x20 && (bytes[at - 1] ?? 0) > 0x20 && (bytes[at + 1] ?? 0) > 0x20) return at;
  }
  return -1;
}

function flush(out: Uint8Array, length: number, bits: number, count: number): number {
  if (count < 2) return length;
  const whole = bits << (6 * (4 - count));
  out[length] = whole >> 16;
  if (count === 2) return length + 1;
  out[length + 1] = whole >> 8;
  return length + 2;
}

/** @param underscoreIsSpace the Q encoding of RFC 2047 */
export function decodeQuotedPrintable(bytes: Uint8Array, underscoreIsSpace = false): Bytes {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === 0x3d) {
      const high = hexValue(bytes[at + 1]);
      const low = hexValue(bytes[at + 2]);
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        at += 3;
        continue;
      }
      const next = afterSoftBreak(bytes, at + 1);
      if (next !== undefined) {
        at = next;
        continue;
      }
      out[length++] = byte;
      at++;
    } else if (byte === 0x20 || byte === 0x09) {
      // White space before a line end was added in transport (RFC 2045 6.7 rule 3).
      let end = at + 1;
      while (bytes[end] === 0x20 || bytes[end] === 0x09) end++;
      const atLineEnd = bytes[end] === 0x0a || (bytes[end] === 0x0d && bytes[end + 1] === 0x0a);
      if (!atLineEnd) for (let space = at; space < end; space++) out[length++] = bytes[space] as number;
      at = end;
    } else {
      out[length++] = underscoreIsSpace && byte === 0x5f ? 0x20 : byte;
      at++;
    }
  }
  return out.subarray(0, length);
}

/** Where the text goes on after `=` and a line end; undefined when no line end follows. */
function afterSoftBreak(bytes: Uint8Array, from: number): number | undefined {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  if (at >= bytes.length) return at;
  if (bytes[at] === 0x0a) return at + 1;
  if (bytes[at] === 0x0d) return bytes[at + 1] === 0x0a ? at + 2 : at + 1;
  return undefined;
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const LINE = 76;
const HEX = '0123456789ABCDEF';

/** Base64 in lines of 76, each with CRLF. */
export function encodeBase64Lines(bytes: Uint8Array): Bytes {
  const characters = Math.ceil(bytes.length / 3) * 4;
  const out = new Uint8Array(characters + 2 * Math.ceil(characters / LINE));
  let length = 0;
  let column = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    out[length++] = BASE64_ALPHABET.charCodeAt(group >> 18);
    out[length++] = BASE64_ALPHABET.charCodeAt((group >> 12) & 63);
    out[length++] = left > 1 ? BASE64_ALPHABET.charCodeAt((group >> 6) & 63) : 0x3d;
    out[length++] = left > 2 ? BASE64_ALPHABET.charCodeAt(group & 63) : 0x3d;
    column += 4;
    if (column === LINE || left <= 3) {
      out[length++] = 0x0d;
      out[length++] = 0x0a;
      column = 0;
    }
  }
  return out.subarray(0, length);
}

/** Quoted-printable of text lines (CRLF between lines); lines of at most 76. */
export function encodeQuotedPrintable(bytes: Uint8Array): string {
  const out: string[] = [];
  let column = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const atLineEnd = bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a;
    if (byte === 0x0d && bytes[at + 1] === 0x0a) {
      out.push('\r\n');
      column = 0;
      at++;
      continue;
    }
    const isLast = atLineEnd || at + 1 === bytes.length;
    let piece = quotedPiece(byte, isLast, column === 0);
    if (column + piece.length > LINE - 1) {
      out.push('=\r\n');
      column = 0;
      piece = quotedPiece(byte, isLast, true);
    }
    out.push(piece);
    column += piece.length;
  }
  return out.join('');
}

/** White space at a line end is lost; a line that starts with a dot or with "From " is changed by some transports. */
function quotedPiece(byte: number, isLast: boolean, isFirst: boolean): string {
  const isSpace = byte === 0x20 || byte === 0x09;
  const isPlain = isSpace ? !isLast : byte > 0x20 && byte < 0x7f && byte !== 0x3d;
  const isRisky = isFirst && (byte === 0x2e || byte === 0x46);
  return isPlain && !isRisky ? String.fromCharCode(byte) : `=${HEX[byte >> 4]}${HEX[byte & 15]}`;
}
