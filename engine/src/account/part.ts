/** Streams a part on the download connection, one at a time per account. */
import { CoiError } from '@coi-webmail/base';
import { openPart } from '../imap/part.ts';
import type { AccountContext } from './context.ts';
import type { PartContent, PartRequest } from './service.ts';

/** A reader that takes nothing for so long loses the connection. */
const STALLED_MS = 60_000;

/** @throws CoiError `mailbox-not-found`, `uid-validity-changed`, `message-not-found`, `imap-unavailable` */
export function streamPart(context: AccountContext, request: PartRequest): Promise<PartContent> {
  context.mailboxes.requireRole(request.mailbox);
  return new Promise<PartContent>((resolve, reject) => {
    const task = context.downloads.run(async (session) => {
      await session.selectExact(request.mailbox, request.uidValidity, 'read');
      const content = await openPart(session, request.uid, request.part);
      await new Promise<void>((done) => {
        resolve({ ...content, stream: watched(context, content.stream, done) });
      });
    });
    task.catch(reject);
  });
}

/**
 * Calls `done` when the stream ended, failed, was given up, or nobody took anything for STALLED_MS. After that the
 * connection serves others, so a late reader gets an error, never bytes.
 */
function watched(
  context: AccountContext,
  stream: AsyncIterable<Uint8Array>,
  done: () => void,
): AsyncIterable<Uint8Array> {
  let isStalled = false;
  const wait = () =>
    context.clock.after(STALLED_MS, () => {
      isStalled = true;
      done();
    });
  let cancel = wait();
  return (async function* chunks() {
    try {
      const source = stream[Symbol.asyncIterator]();
      try {
        for (;;) {
          cancel();
          if (isStalled) throw new CoiError('timeout', 'The reader of a part stalled');
          const next = await source.next();
          if (next.done === true) return;
          cancel = wait();
          yield next.value;
        }
      } finally {
        await source.return?.();
      }
    } finally {
      cancel();
      done();
    }
  })();
}
