import assert from 'node:assert/strict';
import test from 'node:test';
import { runScript } from './php.fixture.ts';

interface Asked {
  readonly filing: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  readonly searches: readonly string[];
  readonly folder?: string;
  readonly view?: 'mail' | 'chat';
  readonly enabled?: boolean;
}

interface Answer {
  /** Whether it can be told which messages the list shows. */
  readonly isKnown: boolean;
  readonly sent: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
}

async function narrow(asked: Asked): Promise<Answer> {
  return JSON.parse(await runScript('narrow.php', asked)) as Answer;
}

/** Only the last command, without its form. */
async function lastSearch(asked: Asked): Promise<string> {
  const { sent } = await narrow(asked);
  return (sent.at(-1) ?? '').replace(/^UID SEARCH (RETURN \(ALL\) )?/, '');
}

const MARKS = 'OR OR HEADER Chat-Version "" HEADER Message-ID "<chat$" HEADER References "<chat$"';
const mark = (uid: number, more = {}) => ({ INBOX: { uidValidity: '7', uid, ...more } });
const filing = (mode: string | null, isDone: boolean, marks: object) => ({ mode, isDone, marks, answeredAt: 1 });
const folder = (uidnext: number, more = {}) => ({
  UIDNEXT: uidnext,
  UIDVALIDITY: 7,
  EXISTS: 100,
  PERMANENTFLAGS: ['\\Seen', '\\*'],
  ...more,
});
const NO_KEYWORDS = { PERMANENTFLAGS: ['\\Seen', '\\Deleted'] };

test('before consent nothing is filtered', async () => {
  const asked = { filing: filing(null, true, {}), data: folder(101), searches: ['UNSEEN'] };
  assert.deepEqual((await narrow(asked)).sent, ['UID SEARCH RETURN (ALL) UNSEEN']);
});

test('whoever turned chat off gets the stock list', async () => {
  const asked = { filing: filing('none', true, mark(50)), data: folder(101), searches: ['UNSEEN'], enabled: false };
  assert.deepEqual((await narrow(asked)).sent, ['UID SEARCH RETURN (ALL) UNSEEN']);
});

test('in mode active nothing is filtered while nothing lies above the mark', async () => {
  const asked = { filing: filing('active', true, mark(100)), data: folder(101), searches: ['ALL'] };
  assert.deepEqual((await narrow(asked)).sent, ['UID SEARCH RETURN (ALL) ALL']);
});

test('in mode active the headers above the mark are read once, and the mails they name are left out', async () => {
  const heads = {
    98: { 'chat-version': '1.0' },
    99: { 'message-id': '<chat$1@far.test>' },
    100: { references: '<chat$1@a> <b@c>' },
  };
  const data = folder(101, { heads });
  const { sent } = await narrow({ filing: filing('active', true, mark(97)), data, searches: ['ALL', 'UNSEEN'] });
  assert.deepEqual(sent, [
    `UID SEARCH RETURN (ALL) UID 98:4294967295 ${MARKS}`,
    'UID SEARCH RETURN (ALL) NOT KEYWORD $Chat NOT UID 98:100',
    'UID SEARCH RETURN (ALL) UNSEEN NOT KEYWORD $Chat NOT UID 98:100',
  ]);
});

test('a mail that has a chat id in its references, but not first, stays in the list', async () => {
  const data = folder(101, { heads: { 100: { references: '<mail@far.test> <chat$1@far.test>' } } });
  const asked = { filing: filing('active', true, mark(97)), data, searches: ['ALL'] };
  assert.equal(await lastSearch(asked), 'NOT KEYWORD $Chat');
});

test('in mode none tags decide below the mark', async () => {
  const asked = { filing: filing('none', true, mark(100)), data: folder(101), searches: ['ALL'] };
  assert.equal(await lastSearch(asked), 'NOT KEYWORD $Chat');
});

test('where keywords are forbidden, the engine names the UIDs below the mark', async () => {
  const data = folder(101, NO_KEYWORDS);
  const named = { filing: filing('none', true, mark(100, { untagged: '5,9:12' })), data, searches: ['ALL'] };
  assert.equal(await lastSearch(named), 'NOT UID 5,9:12');
  const unnamed = { filing: filing('none', true, mark(100)), data, searches: ['ALL'] };
  assert.equal(await lastSearch(unnamed), `NOT (${MARKS})`);
});

test('of UIDs too many for one command the newest are named, and the older ones told by their marks', async () => {
  const uids = Array.from({ length: 2_000 }, (_, index) => 1_001 + 2 * index);
  const data = folder(9_001, NO_KEYWORDS);
  const asked = { filing: filing('none', true, mark(9_000, { untagged: uids.join(',') })), data, searches: ['ALL'] };
  const named = uids.slice(-1_200);
  const older = uids[uids.length - named.length - 1];
  assert.equal(await lastSearch(asked), `NOT UID ${named.join(',')} NOT (UID 1:${older} ${MARKS})`);
});

test('a mark of another UIDVALIDITY is worth nothing', async () => {
  const data = folder(101, { UIDVALIDITY: 8, heads: { 3: { 'chat-version': '1.0' } } });
  const { sent } = await narrow({ filing: filing('none', true, mark(100)), data, searches: ['ALL'] });
  assert.deepEqual(sent, [
    `UID SEARCH RETURN (ALL) UID 1:4294967295 ${MARKS}`,
    'UID SEARCH RETURN (ALL) NOT KEYWORD $Chat NOT UID 3',
  ]);
});

test('the chat side is the exact opposite', async () => {
  const data = folder(101, { heads: { 100: { 'chat-version': '1.0' } } });
  const asked: Asked = { filing: filing('none', true, mark(99)), data, searches: ['ALL'], view: 'chat' };
  assert.equal(await lastSearch(asked), 'OR KEYWORD $Chat UID 100');
});

test('the chat side of a mailbox without chat is empty', async () => {
  const asked: Asked = {
    filing: filing('active', true, mark(100)),
    data: folder(101),
    searches: ['ALL'],
    view: 'chat',
  };
  assert.equal(await lastSearch(asked), 'UID 4294967295');
});

test('mailboxes that chat is not filed from show everything', async () => {
  for (const name of ['Trash', 'Junk', 'Drafts', 'COI/Chats']) {
    const asked = { filing: filing('none', true, mark(50)), data: folder(101), searches: ['ALL'], folder: name };
    assert.deepEqual((await narrow(asked)).sent, ['UID SEARCH RETURN (ALL) ALL']);
  }
});

test('lookups of one message are left alone, and a charset stays in front', async () => {
  const asked = {
    filing: filing('none', true, mark(100)),
    data: folder(101),
    searches: ['UID 17', '17', 'CHARSET UTF-8 SUBJECT x'],
  };
  assert.deepEqual((await narrow(asked)).sent, [
    'UID SEARCH RETURN (ALL) UID 17',
    'UID SEARCH 17',
    'UID SEARCH RETURN (ALL) CHARSET UTF-8 SUBJECT x NOT KEYWORD $Chat',
  ]);
});

test('when the look at the headers fails, the list is the stock list, and nobody acts on "all messages"', async () => {
  const asked = {
    filing: filing('none', true, mark(97)),
    data: folder(101, { breaks: true }),
    searches: ['ALL', 'UNSEEN'],
  };
  const { sent, faults, isKnown } = await narrow(asked);
  assert.deepEqual(sent.slice(1), ['UID SEARCH RETURN (ALL) ALL', 'UID SEARCH RETURN (ALL) UNSEEN']);
  assert.deepEqual(faults, { 'list:LogicException': 1 });
  assert.equal(isKnown, false);
});
