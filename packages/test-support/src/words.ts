/** What people type in a schedule: a name that no other line has, and words that mail has trouble with. */
import type { Random } from './random.ts';

const SAYINGS = [
  'see you at nine',
  'ok',
  '👍',
  'Grüße aus Köln, schöne Straße',
  '.',
  '.\n..\n...',
  'From here on\nFrom there',
  '> not a quote',
  '-- \nnot a signature?',
  'eins\n\n\nzwei',
  'https://example.test/a?b=c&d=%20e#f',
  'a'.repeat(1_200),
  'много слов по-русски '.repeat(8).trim(),
  'tab\tand  two spaces',
  '=?utf-8?q?no?= =20 =3D',
] as const;

/** @param word the schedule's */
export function typedText(word: string, number: number, random: Random): string {
  return `${lineName(word, number)} ${random.pick(SAYINGS)}`;
}

/** ASCII without spaces, so that it is found in a mail as it lies on a server. */
export function lineName(word: string, number: number): string {
  return `${word}-${String(number).padStart(2, '0')}`;
}

/** The name at the start of a line. */
export function nameOf(text: string): string {
  return text.split(' ')[0] ?? '';
}
