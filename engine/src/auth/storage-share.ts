/**
 * The account share: half of the key of the browser's local store (design §4.8). The same for one account at every
 * engine that has the same storage secret; handed out only after sign-on.
 */
import { hkdfSync } from 'node:crypto';
import { toBase64 } from '@coi-webmail/base';

const SHARE_BYTES = 32;

/** @returns base64 of 32 bytes */
export function storageShare(storageSecret: Uint8Array, issuerName: string, address: string): string {
  const context = `coi-webmail account share\0${issuerName}\0${address.toLowerCase()}`;
  return toBase64(new Uint8Array(hkdfSync('sha256', storageSecret, new Uint8Array(), context, SHARE_BYTES)));
}
