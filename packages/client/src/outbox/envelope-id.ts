/**
 * The ENVID (RFC 3461) of a line: a bounce that names it answers our submission, because nobody but the account and
 * the mail servers on the way knows it. Derived, so that every browser of the account can check it.
 */
import { type Bytes, utf8 } from '@coi-webmail/base';

const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';
const CHARS = 26;
const BITS = 5;

export class EnvelopeIds {
  readonly #key: Promise<CryptoKey>;

  /** @param share the account share; the same in all browsers as long as the engine's storage secret is */
  constructor(share: Bytes) {
    this.#key = deriveKey(share);
    this.#key.catch(() => undefined);
  }

  /** 26 letters and digits: 130 bits of HMAC-SHA-256 over the Message-ID. */
  async of(messageId: string): Promise<string> {
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', await this.#key, utf8(messageId)));
    let text = '';
    let [bits, have] = [0, 0];
    for (const byte of mac) {
      bits = (bits << 8) | byte;
      for (have += 8; have >= BITS; have -= BITS) text += DIGITS.charAt((bits >>> (have - BITS)) & 31);
      bits &= (1 << have) - 1;
    }
    return text.slice(0, CHARS);
  }
}

async function deriveKey(share: Bytes): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', share, 'HKDF', false, ['deriveKey']);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('coi dsn') };
  return crypto.subtle.deriveKey(params, secret, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
}
