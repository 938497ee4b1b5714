/**
 * Many chat lines in chats of unequal size, as they lie in the chats mailbox of somebody who has used chat for years;
 * the same on every run. Written straight into the mailbox, because appending them is no part of any measurement.
 */
import { mailSource } from '../fixture/mail.ts';
import type { Mailbox } from '../fixture/mailbox.ts';

const WORDS = 'lake boat oak bread train noon harbour letter window garden stone paper violet engine salt'.split(' ');
const LINE_GAP_MS = 90_000;
const CONNECTIONS = 6;

export interface ChatCorpus {
  readonly lineCount: number;
  /** Newest chat first, as the list shows them. */
  readonly chats: readonly CorpusChat[];
  readonly lines: readonly CorpusLine[];
}

export interface CorpusChat {
  readonly address: string;
  readonly title: string;
  readonly lastText: string;
  readonly lineCount: number;
}

export interface CorpusLine {
  readonly chat: number;
  readonly own: boolean;
  readonly text: string;
  readonly at: Date;
}

/** Small and good enough: the same numbers on every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sizes follow Zipf's law. @param ownShare lines that the user wrote, 0..1 */
export function makeChatCorpus(lineCount: number, chatCount: number, ownShare = 0.4, now = Date.now()): ChatCorpus {
  const random = seeded(20_000);
  const weights = Array.from({ length: chatCount }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pick = () => {
    let left = random() * total;
    for (let chat = 0; chat < chatCount; chat += 1) {
      left -= weights[chat] ?? 0;
      if (left <= 0) return chat;
    }
    return chatCount - 1;
  };
  const title = (chat: number) => `${WORDS[chat % WORDS.length]} ${String(chat).padStart(3, '0')}`;
  const address = (chat: number) => `person${chat}@far.test`;
  const lines = Array.from({ length: lineCount }, (_, index): CorpusLine => {
    // Nobody is left out.
    const chat = index < chatCount ? index : pick();
    const length = 4 + Math.floor(random() * 24);
    const text = Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)] ?? '').join(' ');
    return {
      chat,
      own: random() < ownShare,
      text: `${index} ${text}`,
      at: new Date(now - (lineCount - index) * LINE_GAP_MS),
    };
  });
  const last = new Map<number, number>();
  const counts = new Map<number, number>();
  for (const [index, { chat }] of lines.entries()) {
    last.set(chat, index);
    counts.set(chat, (counts.get(chat) ?? 0) + 1);
  }
  const chats = [...last]
    .sort(([, one], [, other]) => other - one)
    .map(([chat, index]) => ({
      address: address(chat),
      title: title(chat),
      lastText: lines[index]?.text ?? '',
      lineCount: counts.get(chat) ?? 0,
    }));
  return { lineCount, chats, lines };
}

function lineSource(line: CorpusLine, index: number, self: string, parent: string | undefined, first: string): string {
  const other = `person${line.chat}@far.test`;
  const name = `${WORDS[line.chat % WORDS.length]} ${String(line.chat).padStart(3, '0')}`;
  const theirs = `${name} <${other}>`;
  return mailSource({
    from: line.own ? self : theirs,
    to: line.own ? theirs : self,
    date: line.at,
    text: line.text,
    subject: `Chat: ${line.text.slice(0, 40)}`,
    messageId: idOf(line, index),
    headers: [
      'Chat-Version: 1.0',
      ...(parent === undefined ? [] : [`In-Reply-To: ${parent}`, `References: ${first} ${parent}`]),
      ...(line.own
        ? []
        : [
            `Return-Path: <${other}>`,
            `Received: from far.test (far.test [192.0.2.7]) by mail.example.test (Postfix) with ESMTP id ${index}`,
          ]),
    ],
  });
}

const idOf = (line: CorpusLine, index: number) => `<chat$bench${index}.${line.at.getTime()}@far.test>`;

/** Fills a mailbox over several connections; UIDs follow the dates only roughly. */
export async function fillChats(
  mailbox: Mailbox,
  path: string,
  corpus: ChatCorpus,
  flags: readonly string[] = ['\\Seen'],
): Promise<void> {
  const parents = new Map<number, { first: string; last: string }>();
  const sources = corpus.lines.map((line, index) => {
    const known = parents.get(line.chat);
    const id = idOf(line, index);
    parents.set(line.chat, { first: known?.first ?? id, last: id });
    return lineSource(line, index, mailbox.user.address, known?.last, known?.first ?? id);
  });
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, first) =>
      mailbox.withImap(async (imap) => {
        for (let index = first; index < sources.length; index += CONNECTIONS) {
          const line = corpus.lines[index];
          const own = line?.own === true ? ['$CoiOwn'] : [];
          await imap.append(path, Buffer.from(sources[index] ?? '', 'utf8'), [...flags, '$Chat', ...own], line?.at);
        }
      }),
    ),
  );
}
