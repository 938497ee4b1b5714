/**
 * Sealing of what lies on disk (design §4.8): AES-GCM under a key that needs both the browser's own key and the
 * account share of the engine. Alone neither opens anything.
 *
 * Bytes = format 0x01 | IV (12) | ciphertext. The additional data names the store and the key of the record, so
 * that records cannot be swapped.
 */
import { type Bytes, CoiError, fromUtf8, utf8 } from '@coi-webmail/base';

const FORMAT = 0x01;
const IV_BYTES = 12;
const AES = { name: 'AES-GCM', length: 256 } as const;

/** Key material of this browser; cannot be exported. Clones into IndexedDB. */
export async function makeBrowserKey(): Promise<CryptoKey> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey']);
  raw.fill(0);
  return key;
}

/** @param purpose keeps keys of different databases apart */
export async function deriveSealer(browserKey: CryptoKey, share: Bytes, purpose: string): Promise<Sealer> {
  const params = { name: 'HKDF', hash: 'SHA-256', salt: share, info: utf8(purpose) };
  return new Sealer(await crypto.subtle.deriveKey(params, browserKey, AES, false, ['encrypt', 'decrypt']));
}

export class Sealer {
  readonly #key: CryptoKey;

  constructor(key: CryptoKey) {
    this.#key = key;
  }

  async seal(context: string, document: unknown): Promise<Bytes> {
    return this.sealBytes(context, utf8(JSON.stringify(document)));
  }

  /** @throws CoiError `store-locked` when key, context or bytes are not the ones it was sealed with */
  async open(context: string, sealed: Uint8Array): Promise<unknown> {
    return JSON.parse(fromUtf8(await this.openBytes(context, sealed)));
  }

  async sealBytes(context: string, plain: Bytes): Promise<Bytes> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const params = { name: 'AES-GCM', iv, additionalData: utf8(context) };
    const cipher = new Uint8Array(await crypto.subtle.encrypt(params, this.#key, plain));
    const sealed = new Uint8Array(1 + IV_BYTES + cipher.length);
    sealed[0] = FORMAT;
    sealed.set(iv, 1);
    sealed.set(cipher, 1 + IV_BYTES);
    return sealed;
  }

  async openBytes(context: string, sealed: Uint8Array): Promise<Bytes> {
    if (sealed[0] !== FORMAT) throw new CoiError('store-locked', 'Record has an unknown format');
    const iv = sealed.slice(1, 1 + IV_BYTES);
    const params = { name: 'AES-GCM', iv, additionalData: utf8(context) };
    try {
      return new Uint8Array(await crypto.subtle.decrypt(params, this.#key, sealed.slice(1 + IV_BYTES)));
    } catch (cause) {
      throw new CoiError('store-locked', 'Record does not open with this share', { cause });
    }
  }
}

/** A random key under which the vault lies, wrapped by the derived one: a new engine secret costs a re-wrap only. */
export async function makeDataKey(wrapper: Sealer, context: string): Promise<{ sealer: Sealer; wrapped: Bytes }> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const wrapped = await wrapper.sealBytes(context, raw);
  return { sealer: await importDataKey(raw), wrapped };
}

export async function openDataKey(wrapper: Sealer, context: string, wrapped: Uint8Array): Promise<Sealer> {
  return importDataKey(await wrapper.openBytes(context, wrapped));
}

async function importDataKey(raw: Bytes): Promise<Sealer> {
  const key = await crypto.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']);
  raw.fill(0);
  return new Sealer(key);
}
