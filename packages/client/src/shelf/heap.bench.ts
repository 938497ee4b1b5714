/**
 * What a mailbox costs in the worker's memory: `node --expose-gc packages/client/src/shelf/heap.bench.ts [mails] [all]`.
 * Generated chat mails of 200 chats of unequal size come newest first in windows, as in a first sync; the store keeps
 * nothing, so that only the worker's own state counts. With `all` nothing leaves memory.
 */
import { systemClock } from '@coi-webmail/base';
import { emptyState } from '@coi-webmail/chat';
import { type ContactAddress, encodeText, makeMessageId, type MessageId } from '@coi-webmail/coi';
import { Ledger } from '../ledger.ts';
import { receive } from '../sync/receive.ts';
import { Keeper } from './keeper.ts';

const COUNT = Number(process.argv[2] ?? 20_000);
const LIMITS = process.argv[3] === 'all' ? { rows: 1e9, chars: 1e12 } : undefined;
const WINDOW = 200;
const ALICE = 'alice@example.test' as ContactAddress;
const WORDS = 'lunch tomorrow maybe we meet at the station and walk to the lake it is nice there I think'.split(' ');
const ROUTE = [
  'Return-Path: <person@example.test>',
  'Received: from mx1.example.test (mx1.example.test [192.0.2.1]) by mail.example.test with ESMTPS id abcdefgh',
  'Authentication-Results: mail.example.test; dkim=pass header.d=example.test; dmarc=pass header.from=example.test',
  '',
].join('\r\n');

function chatOf(uid: number): number {
  return Math.floor(200 * (((uid * 7919) % COUNT) / COUNT) ** 2);
}

/** The line before it in its chat. */
const before = new Map<number, number>();
const last = new Map<number, number>();
for (let uid = 1; uid <= COUNT; uid++) {
  const earlier = last.get(chatOf(uid));
  if (earlier !== undefined) before.set(uid, earlier);
  last.set(chatOf(uid), uid);
}

const timeOf = (uid: number) => Date.UTC(2026, 0, 1) + uid * 60_000;

function idOf(uid: number): MessageId {
  const random = new Uint8Array(12).map((_, at) => (uid >> ((at % 3) * 8)) & 255);
  return makeMessageId({ now: timeOf(uid), counter: 0, random, domain: 'example.test', groupId: undefined });
}

function mail(uid: number): Uint8Array {
  const chat = chatOf(uid);
  const peer = `person${chat}@example.test` as ContactAddress;
  const isOwn = uid % 2 === 0;
  const words = Array.from({ length: 3 + ((uid * 31) % 25) }, (_, at) => WORDS[(uid * 17 + at * 13) % WORDS.length]);
  const answers = before.get(uid);
  const bytes = encodeText({
    messageId: idOf(uid),
    from: isOwn ? { address: ALICE, name: 'Alice' } : { address: peer, name: `Person ${chat}` },
    to: [{ address: isOwn ? peer : ALICE, name: '' }],
    dateAt: timeOf(uid),
    text: words.join(' '),
    references: answers === undefined ? [] : [idOf(answers)],
    ...(answers === undefined ? {} : { inReplyTo: idOf(answers) }),
    requestReceipt: true,
  });
  return isOwn ? bytes : Buffer.concat([Buffer.from(ROUTE), bytes]);
}

function usedMb(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

const state = emptyState([ALICE]);
const keeper = new Keeper(state, new Map(), () => false, LIMITS);
const nothing = () => undefined;
/** Written for what leaves memory, all commits together. */
let blockBytes = 0;
const ledger = new Ledger({
  state,
  keeper,
  clock: systemClock,
  drafts: new Map(),
  cache: {
    head: async () => ({ list: [], facts: undefined }),
    newest: async () => [],
    load: async () => ({ rows: [], services: [], progress: new Map(), shelf: new Map() }),
    commit: async ({ shelf }) => {
      for (const block of shelf.values()) blockBytes += JSON.stringify(block ?? null).length;
    },
    close: nothing,
  },
  onChanged: nothing,
  onStorageLost: nothing,
  onStorageBack: nothing,
});
const context = {
  mailbox: 'COI/Chats',
  uidValidity: '1',
  role: 'chats' as const,
  authservId: 'mail.example.test',
  envelopeIdOf: async () => '',
};
const usedBefore = usedMb();
const startedAt = performance.now();
let peak = 0;
for (let end = COUNT; end > 0; end -= WINDOW) {
  const events = [];
  for (let uid = end; uid > Math.max(0, end - WINDOW); uid--) {
    const bytes = mail(uid);
    const flags = uid % 2 === 0 ? ['\\Seen', '$CoiOwn', '$Chat'] : ['\\Seen', '$Chat'];
    const internalAt = timeOf(uid);
    const fetched = { uid, flags, modSeq: '1', internalAt, sizeBytes: bytes.length, bytes, complete: true };
    events.push(await receive(fetched, context));
  }
  await ledger.apply(events);
  peak = Math.max(peak, process.memoryUsage().heapUsed / 1e6);
}
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  JSON.stringify({
    mails: COUNT,
    chats: state.chats.size,
    heldRows: state.rows.size,
    shelved: keeper.shelf.size,
    heapMb: Math.round(usedMb() - usedBefore),
    peakMb: Math.round(peak - usedBefore),
    shelfMbWritten: Math.round(blockBytes / 1e5) / 10,
    seconds: Math.round(seconds * 10) / 10,
  }),
);
