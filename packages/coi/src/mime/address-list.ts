/**
 * Address fields (RFC 5322 3.4 and 4.4): groups, comments, quoted strings, routes, and what people send instead,
 * such as `;` between addresses (examples of the COI spec) and names with commas inside encoded words.
 *
 * One pass over the text; structure is found before words are decoded, so that no encoded name can smuggle in
 * an address.
 */
import { parseContactAddress } from '../address.ts';
import type { Mailbox } from '../message.ts';
import { MAX_ADDRESS_COUNT } from './limit.ts';
import { decodeWords, textTokens, encodeWords, foldField, plainText } from './words.ts';

/** One entry of an address field, as written; `address` may be nonsense. */
export interface RawAddress {
  readonly name: string;
  readonly address: string;
}

export function parseAddressList(value: string): readonly RawAddress[] {
  const found: RawAddress[] = [];
  let entry = new Entry();
  const finish = () => {
    const address = entry.finish();
    if (address !== undefined) found.push(address);
    entry = new Entry();
  };
  for (const token of tokens(value)) {
    if (found.length >= MAX_ADDRESS_COUNT) return found;
    if (token.kind === 'text') entry.words.push(token.text);
    else if (token.kind === 'quoted') entry.quoted(token.text, token.glued);
    else if (token.kind === 'comment') entry.comments.push(token.text);
    else if (token.kind === 'angle') entry.angled(token.text);
    else if (token.kind === 'separator') finish();
    else entry = new Entry();
  }
  finish();
  return found;
}

/** Addresses that are valid, in order; the others are dropped. */
export function parseMailboxes(values: readonly string[]): readonly Mailbox[] {
  const mailboxes: Mailbox[] = [];
  for (const value of values) {
    for (const raw of parseAddressList(value)) {
      const address = parseContactAddress(raw.address);
      if (address !== undefined) mailboxes.push({ address, name: raw.name });
    }
  }
  return mailboxes;
}

class Entry {
  words: string[] = [];
  comments: string[] = [];
  angle: string | undefined;
  /** Quoted strings that may be a local part, and words, in order. */
  private hasQuoted = false;

  /** The first one with an `@` is the address: a name may hold markup, `Bob <b>Barr</b> <bob@example.org>`. */
  angled(text: string): void {
    if (this.angle === undefined || (!this.angle.includes('@') && text.includes('@'))) this.angle = text;
  }

  /** @param glued an `@` follows at once: this is a local part */
  quoted(text: string, glued: boolean): void {
    this.hasQuoted = true;
    this.words.push(glued ? `"${text.replace(/["\\]/g, '\\$&')}"` : text);
  }

  finish(): RawAddress | undefined {
    const written = this.words.join(' ').trim();
    if (this.angle !== undefined) {
      const name = written === '' ? this.comments.join(' ') : written;
      return rawAddress(name, withoutRoute(this.angle));
    }
    if (written === '') return undefined;
    return this.bare(written);
  }

  /** No angle brackets: the word with an `@` is the address, what remains is the name. */
  private bare(written: string): RawAddress | undefined {
    const joined = written.replace(/\s*([@.])\s*(?=\S)/g, (whole, sign: string) => (sign === '@' ? '@' : whole));
    const words = joined.match(/"(?:[^"\\]|\\.)*"\S*|\S+/g) ?? [];
    const at = words.findLastIndex((word) => word.includes('@'));
    if (at === -1) return this.hasQuoted ? undefined : rawAddress('', written);
    const others = words.filter((_, index) => index !== at).join(' ');
    return rawAddress(others === '' ? this.comments.join(' ') : others, words[at] ?? '');
  }
}

function rawAddress(name: string, address: string): RawAddress {
  const decoded = plainText(decodeWords(name)).trim();
  const unquoted = /^'(.*)'$/.exec(decoded)?.[1] ?? decoded;
  const isRepeated = unquoted.toLowerCase() === address.toLowerCase();
  return { name: isRepeated ? '' : unquoted, address };
}

/** `@relay,@other:alice@example.com` -> `alice@example.com`. */
function withoutRoute(angle: string): string {
  const text = angle.replace(/[\s<]+/g, '');
  return text.startsWith('@') ? text.slice(text.indexOf(':') + 1) : text.replace(/^mailto:/i, '');
}

type Token =
  | { readonly kind: 'text' | 'comment' | 'angle'; readonly text: string }
  | { readonly kind: 'quoted'; readonly text: string; readonly glued: boolean }
  | { readonly kind: 'separator' | 'group' };

const ENCODED_WORD = /=\?[^?\s]{1,80}\?[bBqQ]\?[^?\r\n]*\?=/y;
const PLAIN = /[^\s()<>,;:"]+/y;

function* tokens(value: string): Generator<Token> {
  let at = 0;
  // After the last `>` an open angle bracket has no end: found once, not once for each `<`.
  const lastAngle = value.lastIndexOf('>');
  while (at < value.length) {
    const character = value[at] as string;
    if (character === ',' || character === ';') {
      yield { kind: 'separator' };
      at++;
    } else if (character === ':') {
      yield { kind: 'group' };
      at++;
    } else if (character === '"') {
      const end = quotedEnd(value, at);
      const text = value.slice(at + 1, end).replace(/\\(.)/g, '$1');
      yield { kind: 'quoted', text, glued: value[end + 1] === '@' };
      at = end + 1;
    } else if (character === '(') {
      const end = commentEnd(value, at);
      yield { kind: 'comment', text: value.slice(at + 1, end).replace(/\\(.)/g, '$1') };
      at = end + 1;
    } else if (character === '<') {
      const end = at < lastAngle ? value.indexOf('>', at) : value.length;
      yield { kind: 'angle', text: value.slice(at + 1, end) };
      at = end + 1;
    } else if (/[\s)>]/.test(character)) {
      at++;
    } else {
      ENCODED_WORD.lastIndex = at;
      PLAIN.lastIndex = at;
      const text = ENCODED_WORD.exec(value)?.[0] ?? PLAIN.exec(value)?.[0] ?? character;
      yield { kind: 'text', text };
      at += text.length;
    }
  }
}

function quotedEnd(value: string, start: number): number {
  let at = start + 1;
  while (at < value.length && value[at] !== '"') at += value[at] === '\\' ? 2 : 1;
  return Math.min(at, value.length);
}

/** Comments nest (RFC 5322 3.2.2). */
function commentEnd(value: string, start: number): number {
  let depth = 0;
  for (let at = start; at < value.length; at++) {
    const character = value[at];
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return value.length;
}

/** A complete address field, folded between addresses. */
export function formatAddressField(name: string, mailboxes: readonly Mailbox[]): string {
  return foldField(
    name,
    mailboxes.flatMap((mailbox, index) => {
      const tokenList = formatMailbox(mailbox);
      const isLast = index === mailboxes.length - 1;
      return isLast ? tokenList : [...tokenList.slice(0, -1), `${tokenList.at(-1)},`];
    }),
  );
}

function formatMailbox(mailbox: Mailbox): string[] {
  const { address } = mailbox;
  const name = plainText(mailbox.name).trim();
  if (name === '') return [`<${address}>`];
  if (/^[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]{1,60}$/.test(name) && !name.includes('=?'))
    return [...textTokens(name), `<${address}>`];
  if (/^[ -~]{1,60}$/.test(name) && !name.includes('=?'))
    return [`"${name.replace(/["\\]/g, '\\$&')}"`, `<${address}>`];
  return [...encodeWords(name), `<${address}>`];
}
