/** Crockford base32 in lower case: digits sort as the numbers do, and no two look alike. */

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Fixed width; the leading digits of a number that is too large are lost. */
export function formatBase32(value: number, width: number): string {
  let text = '';
  let rest = value;
  for (let at = 0; at < width; at++) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

export function parseBase32(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 32 + DIGITS.indexOf(digit);
  return value;
}
