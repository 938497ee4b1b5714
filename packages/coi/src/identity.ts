/** What makes two copies the same message (design §4.2): Message-ID, From address, and who signed it. */
import { toHex } from '@coi-webmail/base';
import type { MessageHead } from './message.ts';
import { findHeaderEnd, readHeaders } from './mime/header-block.ts';
import type { HeaderName } from './header/table.ts';
import { sha256 } from './sha256.ts';

/** What the writer of a mail set, and no server on the way changes. */
const STABLE_FIELDS: readonly HeaderName[] = ['from', 'to', 'cc', 'date', 'subject', 'in-reply-to', 'references'];
/** Small enough to lie within every prefix that we fetch. */
const BODY_BYTES = 8192;

/**
 * Equal for copies of one message in any mailbox, different for another sender's message under the same id.
 *
 * Without a Message-ID: SHA-256 over the fields that its writer set and the first 8 KB of the body, so the prefix of a
 * mail has the identity of the whole.
 *
 * @param bytes the message or its first 64 KB
 * @param signer fingerprint of a valid signature
 */
export function identityOf(
  message: Pick<MessageHead, 'messageId' | 'from'>,
  bytes: Uint8Array,
  signer?: string | undefined,
): string {
  const from = message.from?.address ?? '';
  const id = message.messageId ?? `sha256:${digestOf(bytes)}`;
  return `${id} ${from}${signer === undefined ? '' : ` ${signer}`}`;
}

function digestOf(bytes: Uint8Array): string {
  const headers = readHeaders(bytes);
  const { bodyStart } = findHeaderEnd(bytes, 0);
  const fields = STABLE_FIELDS.map((name) => `${name}:${headers.all(name).join('\n')}`).join('\n\n');
  const head = new TextEncoder().encode(fields);
  const body = bytes.subarray(bodyStart, bodyStart + BODY_BYTES);
  const whole = new Uint8Array(head.length + 1 + body.length);
  whole.set(head);
  whole.set(body, head.length + 1);
  return toHex(sha256(whole));
}
