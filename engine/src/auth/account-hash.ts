/** The name of an account on the wire, in the Store and in the Hub: no address goes there. */
import { createHash } from 'node:crypto';

const HEX_DIGITS = 16;

/** @param address the vouched address; its case does not matter */
export function accountHash(issuerName: string, address: string): string {
  return createHash('sha256').update(`${issuerName}\0${address.toLowerCase()}`).digest('hex').slice(0, HEX_DIGITS);
}
