/** Streams one part of a message, decoded, or the whole message as it is. */
import { CoiError } from '@coi-webmail/base';
import type { PartContent } from '../account/service.ts';
import { must, toImapError } from './errors.ts';
import type { ImapSession } from './session.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * The mailbox is selected. The connection is taken until the stream ends or is given up.
 *
 * @param part IMAP section number, or `raw`
 * @throws CoiError `message-not-found`
 */
export async function openPart(session: ImapSession, uid: number, part: string): Promise<PartContent> {
  const section = part === 'raw' ? undefined : part;
  const options = { uid: true, chunkSize: CHUNK_BYTES, decodeText: false };
  const download = await must('read a part', session.client.download(String(uid), section, options));
  if (download.content === undefined) throw new CoiError('message-not-found', 'There is no such part');
  return {
    type: part === 'raw' ? 'message/rfc822' : (download.meta.contentType ?? 'application/octet-stream'),
    sizeBytes: part === 'raw' ? download.meta.expectedSize : undefined,
    stream: chunks(download.content),
  };
}

async function* chunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* content;
  } catch (cause) {
    throw toImapError(cause, 'read a part');
  }
}
