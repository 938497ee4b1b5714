/**
 * Encoded words (RFC 2047) in header text, and the folding of fields (RFC 5322 2.2.3).
 *
 * Reading joins adjacent words before it decodes the charset, since senders cut inside characters. Nothing that
 * is written here can end the field: controls become spaces.
 */
import { toBase64, utf8 } from '@coi-webmail/base';
import { decodeCharset } from './charset.ts';
import { decodeBase64, decodeQuotedPrintable } from './transfer.ts';

/** `=?charset?B|Q?text?=`; the text may hold spaces, as broken writers have it. */
const WORD = /=\?([^?\s]{1,80})\?([bBqQ])\?([^?\r\n]*(?:\?(?!=)[^?\r\n]*)?)\?=/y;

interface Word {
  readonly charset: string;
  bytes: Uint8Array[];
}

/** Header text as a person reads it. */
export function decodeWords(value: string): string {
  let at = value.indexOf('=?');
  if (at === -1) return value;
  let out = value.slice(0, at);
  let pending: Word | undefined;
  const flush = () => {
    if (pending !== undefined) out += decodeWord(pending);
    pending = undefined;
  };
  while (at < value.length) {
    WORD.lastIndex = at;
    const match = WORD.exec(value);
    if (match === null) {
      flush();
      const next = value.indexOf('=?', at + 2);
      out += value.slice(at, next === -1 ? value.length : next);
      if (next === -1) return out;
      at = next;
      continue;
    }
    const [whole, charset = '', encoding = '', text = ''] = match;
    if (pending !== undefined && pending.charset.toLowerCase() !== charset.toLowerCase()) flush();
    pending ??= { charset, bytes: [] };
    pending.bytes.push(wordBytes(encoding, text));
    at += whole.length;
    const next = value.indexOf('=?', at);
    const between = value.slice(at, next === -1 ? value.length : next);
    if (next !== -1 && between.trim() === '') {
      WORD.lastIndex = next;
      if (WORD.test(value)) {
        at = next;
        continue;
      }
    }
    flush();
    out += between;
    if (next === -1) return out;
    at = next;
  }
  flush();
  return out;
}

function wordBytes(encoding: string, text: string): Uint8Array {
  const bytes = utf8(text);
  return encoding.toLowerCase() === 'b' ? decodeBase64(bytes) : decodeQuotedPrintable(bytes, true);
}

function decodeWord(word: Word): string {
  const whole = new Uint8Array(word.bytes.reduce((sum, bytes) => sum + bytes.length, 0));
  let at = 0;
  for (const bytes of word.bytes) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return plainText(decodeCharset(whole, word.charset).text);
}

/** Text for one line: every control, also line ends, becomes a space; lone surrogates become U+FFFD. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- controls are what this removes
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ');
}

/** Header text in tokens between which a field may be folded. */
export function textTokens(text: string): readonly string[] {
  const plain = plainText(text).trim();
  if (plain === '') return [];
  if (isSafeText(plain)) return plain.split(' ');
  return encodeWords(plain);
}

/** Printable ASCII, single spaces, no word that must be broken, nothing that looks encoded. */
function isSafeText(text: string): boolean {
  return /^[!-~]{1,200}(?: [!-~]{1,200})*$/.test(text) && !text.includes('=?');
}

/** Octets of one word's payload such that the word stays within 75 characters. */
const WORD_BYTES = 42;

/** UTF-8 B words, cut between characters. */
export function encodeWords(text: string): readonly string[] {
  const words: string[] = [];
  let piece = '';
  let length = 0;
  for (const character of text) {
    const size = utf8Length(character);
    if (length + size > WORD_BYTES) {
      words.push(encodeWord(piece));
      piece = '';
      length = 0;
    }
    piece += character;
    length += size;
  }
  if (piece !== '') words.push(encodeWord(piece));
  return words;
}

function encodeWord(text: string): string {
  return `=?utf-8?B?${toBase64(utf8(text))}?=`;
}

function utf8Length(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

const FOLD = 78;

/**
 * A complete field with CRLF, folded at 78 between tokens.
 *
 * @param tokens no controls in them; a token longer than a line stays whole
 */
export function foldField(name: string, tokens: readonly string[]): string {
  let out = `${name}:`;
  let column = out.length;
  let isFirst = true;
  for (const token of tokens) {
    if (!isFirst && column + 1 + token.length > FOLD) {
      out += '\r\n';
      column = 0;
    }
    out += ` ${token}`;
    column += 1 + token.length;
    isFirst = false;
  }
  return `${out}\r\n`;
}
