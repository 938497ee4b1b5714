/** A large ordinary mailbox with chat in between, the same on every run. */
import { freshChatId, freshMessageId, mailSource } from '../fixture/mail.ts';
import type { Mailbox } from '../fixture/mailbox.ts';

const SENDERS = ['ann', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gina', 'hugo', 'ida', 'jon'];
const MINUTE_MS = 60_000;
const CONNECTIONS = 4;

export interface CorpusOptions {
  readonly count: number;
  /** 0..1; spread evenly. */
  readonly chatShare: number;
}

function source(to: string, index: number, count: number, isChat: boolean): string {
  const sender = SENDERS[index % SENDERS.length] ?? '';
  const from = `${sender} Example <${sender}@far.test>`;
  const date = new Date(Date.now() - (count - index) * MINUTE_MS);
  const text = `Mail number ${index}. `.repeat(12);
  return isChat
    ? mailSource({
        from,
        to,
        date,
        text,
        subject: 'Chat',
        messageId: freshChatId(),
        headers: ['Chat-Version: 1.0', 'Received: from far.test by mail.example.test'],
      })
    : mailSource({
        from,
        to,
        date,
        text,
        subject: `Subject ${index}`,
        messageId: freshMessageId(),
        headers: ['Received: from far.test by mail.example.test'],
      });
}

/** Fills INBOX over several connections; order of UIDs is therefore only roughly the order of dates. */
export async function fillInbox(mailbox: Mailbox, { count, chatShare }: CorpusOptions): Promise<void> {
  const to = mailbox.user.address;
  const isChat = (index: number) => Math.floor((index + 1) * chatShare) > Math.floor(index * chatShare);
  const share = function* (first: number): Generator<string> {
    for (let index = first; index < count; index += CONNECTIONS) yield source(to, index, count, isChat(index));
  };
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, first) => mailbox.appendAll('INBOX', share(first), ['\\Seen'])),
  );
}
