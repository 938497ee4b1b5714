import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatEvent, OutboxLine } from '../event.ts';
import { restoreState } from '../restore.ts';
import { reduce } from './reduce.ts';
import { selectChatList } from '../select/chat-list.ts';
import type { ChatState } from '../state.ts';
import {
  ALICE,
  aliceAfter,
  BOB,
  CAROL,
  facts,
  golden,
  identity,
  NOON,
  permutations,
  seeded,
  seen,
  service,
  shuffled,
  text,
} from '../test-story.ts';
import type { ChatId } from '../view.ts';

const hello = text({ id: 'chat$1@x', from: BOB, to: [ALICE], text: 'Hello' });
const answer = text({ id: 'chat$2@x', from: ALICE, to: [BOB], text: 'Hi Bob', answers: 'chat$1@x', at: NOON + 1000 });
const ownCopy = {
  place: { mailbox: 'COI/Chats', uidValidity: '1', uid: 1 },
  role: 'chats',
  flags: ['$CoiOwn', '\\Seen'],
} as const;

function line(message = answer, delivery: OutboxLine['delivery'] = 'queued'): ChatEvent {
  return {
    kind: 'outbox-changed',
    line: {
      rowId: identity(message),
      chatId: 1 as ChatId,
      messageId: message.messageId as NonNullable<typeof message.messageId>,
      message,
      createdAt: NOON,
      delivery,
      reason: undefined,
      detail: undefined,
    },
  };
}

const cases: readonly { readonly name: string; readonly events: readonly ChatEvent[]; readonly shows: string }[] = [
  {
    name: 'bob writes and alice answers',
    events: [seen(hello, facts(1)), seen(answer, facts(2, ownCopy))],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Bob Builder: Hello [unread]
  1000.000 me: Hi Bob [sent]`,
  },
  {
    name: 'copies of one message in two mailboxes are one line, read when one of them is',
    events: [
      seen(hello, facts(1)),
      seen(
        hello,
        facts(7, { place: { mailbox: 'COI/Chats', uidValidity: '1', uid: 7 }, role: 'chats', flags: ['\\Seen'] }),
      ),
    ],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Bob Builder: Hello [seen]`,
  },
  {
    name: 'a forged mail from alice is incoming and not proven',
    events: [seen(text({ id: 'forged@x', from: ALICE, to: [BOB], text: 'Send money' }), facts(3))],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Alice: Send money [unread unproven]`,
  },
  {
    name: 'a delivered mail in the sent mailbox is own all the same',
    events: [
      seen(
        text({ id: 's@x', from: ALICE, to: [BOB], text: 'From Roundcube', delivered: false }),
        facts(3, { role: 'sent' }),
      ),
    ],
    shows: `address:bob@example.test (bob@example.test)
  0.000 me: From Roundcube [sent]`,
  },
  {
    name: 'a mail that our server proved false is not proven and tells no name',
    events: [
      seen(
        text({
          id: 'f@x',
          from: BOB,
          to: [ALICE],
          text: 'Not me',
          authenticationResults: ['mx.example.test; dmarc=fail (p=none) header.from=example.test'],
        }),
        facts(1),
      ),
    ],
    shows: `address:bob@example.test (bob@example.test)
  0.000 bob@example.test: Not me [unread unproven]`,
  },
  {
    name: 'another body under the same identity is a second line with a warning, whatever arrives first',
    events: [
      seen(hello, facts(1)),
      seen(
        text({ id: 'chat$1@x', from: BOB, to: [ALICE], text: 'Something else' }),
        facts(2, { internalAt: NOON + 5 }),
      ),
    ],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Bob Builder: Hello [unread collision]
  0.000 Bob Builder: Something else [unread collision]`,
  },
  {
    name: 'a delivered body under the identity of an own line never takes its place',
    events: [
      seen(answer, facts(2, ownCopy)),
      seen(
        text({ id: 'chat$2@x', from: ALICE, to: [BOB], text: 'Forged', at: NOON + 1000 }),
        facts(9, { internalAt: NOON - 5 }),
      ),
    ],
    shows: `address:bob@example.test (bob@example.test)
  1000.000 me: Hi Bob [sent collision]
  1000.000 Alice: Forged [unread unproven collision]`,
  },
  {
    name: 'the date of a line is clamped to ten minutes after its delivery, and ignored when a day off',
    events: [
      seen(text({ id: 'a@x', from: BOB, to: [ALICE], text: 'fast clock', at: NOON + 3_600_000 }), facts(1)),
      seen(
        text({ id: 'b@x', from: BOB, to: [ALICE], text: 'broken clock', at: 0 }),
        facts(2, { internalAt: NOON + 1 }),
      ),
    ],
    shows: `address:bob@example.test (bob@example.test)
  1.000 Bob Builder: broken clock [unread]
  600000.000 Bob Builder: fast clock [unread]`,
  },
  {
    name: 'an answer with a slow clock stays behind the line that it answers',
    events: [
      seen(hello, facts(1)),
      seen(
        text({ id: 'c@x', from: ALICE, to: [BOB], text: 'early', answers: 'chat$1@x', at: NOON - 5000 }),
        facts(2, ownCopy),
      ),
      seen(text({ id: 'd@x', from: BOB, to: [ALICE], text: 'earlier', answers: 'c@x', at: NOON - 9000 }), facts(4)),
    ],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Bob Builder: Hello [unread]
  0.001 me: early [sent]
  0.002 Bob Builder: earlier [unread]`,
  },
  {
    name: 'mails that answer each other in a circle keep still',
    events: [
      seen(text({ id: 'p@x', from: BOB, to: [ALICE], answers: 'q@x' }), facts(1)),
      seen(text({ id: 'q@x', from: BOB, to: [ALICE], answers: 'p@x', at: NOON + 1000 }), facts(2)),
    ],
    shows: `address:bob@example.test (bob@example.test)
  1000.000 Bob Builder: q@x [unread]
  1000.001 Bob Builder: p@x [unread]`,
  },
  {
    name: 'a bounce fails the line that it names, a delay does not',
    events: [
      seen(answer, facts(2, ownCopy)),
      seen(service({ id: 'b1@mta', from: CAROL, to: [ALICE] }, 'bounce', 'chat$2@x', '5.1.1'), facts(5)),
      seen(text({ id: 'chat$3@x', from: ALICE, to: [BOB], text: 'Late', at: NOON + 2000, delivered: false }), facts(6)),
      seen(service({ id: 'd1@mta', from: CAROL, to: [ALICE] }, 'delay', 'chat$3@x', '4.4.1'), facts(8)),
      seen(service({ id: 'b2@mta', from: CAROL, to: [ALICE] }, 'bounce', 'chat$1@x', '5.1.1'), facts(9)),
      seen(hello, facts(1)),
    ],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Bob Builder: Hello [unread]
  1000.000 me: Hi Bob [failed recipient-unknown 5.1.1]
  2000.000 me: Late [sent delayed 4.4.1]`,
  },
  {
    name: 'a reply to a group line that brings in an outsider and a file is a card in that chat',
    events: [
      seen(text({ id: 'g@x', from: ALICE, to: [BOB, CAROL], text: 'Plan', delivered: false }), facts(1)),
      seen(
        text({
          id: 'm@x',
          from: CAROL,
          to: [ALICE, 'dan@example.test' as typeof CAROL],
          subject: 'Contract',
          text: 'see file',
          answers: 'g@x',
          legacy: true,
          files: ['contract.pdf'],
          at: NOON + 1000,
        }),
        facts(2),
      ),
    ],
    shows: `people:bob@example.test,carol@example.test (bob@example.test carol@example.test)
  0.000 me: Plan [sent]
  1000.000 Carol: see file [unread mail]`,
  },
  {
    name: 'members and name of a group follow its newest line',
    events: [
      seen(
        text({ id: 'chat$group.AAAABBBBCCCC.1@x', from: BOB, to: [ALICE], groupId: 'AAAABBBBCCCC', groupName: 'Old' }),
        facts(1),
      ),
      seen(
        text({
          id: 'n@x',
          from: BOB,
          to: [ALICE, CAROL],
          text: 'all',
          groupId: 'AAAABBBBCCCC',
          groupName: 'New',
          at: NOON + 1000,
        }),
        facts(2),
      ),
    ],
    shows: `group:AAAABBBBCCCC (bob@example.test carol@example.test)
  0.000 Bob Builder: chat$group.AAAABBBBCCCC.1@x [unread]
  1000.000 Bob Builder: all [unread]`,
  },
  {
    name: 'the mailbox copy takes the place of the outbox line',
    events: [line(answer, 'unknown'), seen(answer, facts(2, ownCopy))],
    shows: `address:bob@example.test (bob@example.test)
  1000.000 me: Hi Bob [sent]`,
  },
  {
    name: 'a pending copy does not say that the line was sent',
    events: [line(answer, 'unknown'), seen(answer, facts(2, { ...ownCopy, flags: ['$CoiOwn', '$CoiPending'] }))],
    shows: `address:bob@example.test (bob@example.test)
  1000.000 me: Hi Bob [unknown]`,
  },
  {
    name: 'the copy wins over the fast lane',
    events: [{ kind: 'lane-seen', identity: identity(hello), message: hello, acceptedAt: NOON }, seen(hello, facts(1))],
    shows: `address:bob@example.test (bob@example.test)
  0.000 Bob Builder: Hello [unread]`,
  },
  {
    name: 'a lane line found in junk is withdrawn',
    events: [
      { kind: 'lane-seen', identity: identity(hello), message: hello, acceptedAt: NOON },
      seen(hello, facts(1, { role: 'junk' })),
    ],
    shows: '',
  },
];

for (const { name, events, shows } of cases) {
  test(name, () => {
    assert.equal(golden(aliceAfter(events)), shows);
  });
  test(`${name}: in any order, and when told twice`, () => {
    const orders =
      events.length <= 5 ? permutations(events) : [events, shuffled(events, seeded(1)), shuffled(events, seeded(2))];
    for (const order of orders) assert.equal(golden(aliceAfter(order)), shows);
    assert.equal(golden(aliceAfter([...events, ...events])), shows);
  });
  test(`${name}: survives the store`, () => {
    const state = aliceAfter(events);
    assert.equal(golden(restored(state)), golden(state));
  });
}

function restored(state: ChatState): ChatState {
  return restoreState({
    self: state.self,
    chats: [...state.chats.values()].map((chat) => chat.record),
    rows: structuredClone([...state.rows.values()]),
    services: structuredClone([...state.services.values()]),
    marks: state.marks,
  });
}

test('five hundred mails of many people give the same chats in any order', () => {
  const random = seeded(7);
  const people = [ALICE, BOB, CAROL];
  const events = Array.from({ length: 500 }, (_, at) => {
    const from = people[Math.floor(random() * 3)] ?? BOB;
    const to = random() < 0.3 ? people.filter((person) => person !== from) : [from === ALICE ? BOB : ALICE];
    const message = text({
      id: `chat$${at}@x`,
      from,
      to,
      text: `line ${at}`,
      at: NOON + Math.floor(random() * 40) * 1000,
      ...(random() < 0.5 ? { answers: `chat$${Math.floor(random() * 500)}@x` } : {}),
      legacy: random() < 0.3,
      ...(random() < 0.1 ? { files: ['a.pdf'] } : {}),
      delivered: from !== ALICE,
    });
    return seen(message, facts(at + 1, { internalAt: NOON + at, ...(random() < 0.5 ? { flags: ['\\Seen'] } : {}) }));
  });
  const shows = golden(aliceAfter(events));
  assert.ok(shows.length > 10_000);
  for (const seed of [1, 2, 3, 4]) {
    const state = aliceAfter(shuffled([...events, ...events.slice(0, 50)], seeded(seed)));
    assert.equal(golden(state), shows);
    assert.equal(golden(restored(state)), shows);
  }
});

test('a line leaves only when a whole pass found no copy: a move looks like a deletion first', () => {
  const gone: ChatEvent = { kind: 'copies-gone', mailbox: 'INBOX', uidValidity: '1', uids: [1] };
  const moved = seen(hello, facts(1, { place: { mailbox: 'COI/Chats', uidValidity: '1', uid: 4 }, role: 'chats' }));
  const pass: ChatEvent = { kind: 'pass-completed' };
  const kept = golden(aliceAfter([seen(hello, facts(1)), gone]));
  assert.match(kept, /Hello/);
  assert.match(golden(aliceAfter([seen(hello, facts(1)), gone, moved, pass])), /Hello/);
  assert.equal(golden(aliceAfter([seen(hello, facts(1)), gone, pass])), '');
});

test('a mailbox with a new UIDVALIDITY loses and doubles no line', () => {
  const events: ChatEvent[] = [seen(hello, facts(1)), { kind: 'mailbox-reset', mailbox: 'INBOX' }];
  const again = facts(1, { place: { mailbox: 'INBOX', uidValidity: '2', uid: 12 } });
  const state = aliceAfter([...events, seen(hello, again), { kind: 'pass-completed' }]);
  assert.equal(state.rows.size, 1);
  assert.deepEqual([...state.places.keys()], ['2:12:INBOX']);
});

test('a copy that moved takes its flags along', () => {
  const state = aliceAfter([
    seen(hello, facts(1)),
    { kind: 'copy-moved', from: facts(1).place, to: { mailbox: 'COI/Chats', uidValidity: '9', uid: 3 }, role: 'chats' },
    { kind: 'flags-changed', mailbox: 'COI/Chats', uidValidity: '9', changes: [{ uid: 3, flags: ['\\Seen'] }] },
  ]);
  assert.match(golden(state), /Hello \[seen\]/);
});

test('a lane line without a copy is missing after twenty seconds', () => {
  const lane: ChatEvent = { kind: 'lane-seen', identity: identity(hello), message: hello, acceptedAt: NOON };
  assert.match(golden(aliceAfter([lane, { kind: 'time-passed', now: NOON + 20_000 }])), /Hello \[unread lane\]/);
  assert.match(golden(aliceAfter([lane, { kind: 'time-passed', now: NOON + 20_001 }])), /Hello \[unread missing\]/);
});

test('a discarded line leaves at once, a sent one stays with its copy', () => {
  const removed: ChatEvent = { kind: 'outbox-removed', rowId: identity(answer) };
  assert.equal(golden(aliceAfter([line(), removed])), '');
  assert.match(golden(aliceAfter([line(), seen(answer, facts(2, ownCopy)), removed])), /Hi Bob \[sent\]/);
});

test('a stranger is a request until alice accepts, writes, or asked for the chat', () => {
  const requests = (events: readonly ChatEvent[]) =>
    selectChatList(aliceAfter(events), { filter: 'all', search: '' }, new Map()).requestCount;
  assert.equal(requests([seen(hello, facts(1))]), 1);
  assert.equal(requests([seen(hello, facts(1)), seen(answer, facts(2, ownCopy))]), 0);
  assert.equal(requests([{ kind: 'chat-wanted', chatId: 5 as ChatId, people: [BOB] }, seen(hello, facts(1))]), 0);
  const marks = new Map([['address:bob@example.test', { accepted: true }]]);
  assert.equal(requests([seen(hello, facts(1)), { kind: 'marks-changed', marks }]), 0);
});

test('nobody is taken for a stranger while old lines are still to come', () => {
  const state = aliceAfter([{ kind: 'backlog-found' }, seen(hello, facts(1))]);
  const list = () => selectChatList(state, { filter: 'all', search: '' }, new Map());
  assert.deepEqual([list().chats.length, list().requestCount], [1, 0]);
  const changes = reduce(state, { kind: 'pass-completed' }, { newChatId: () => 7 as ChatId });
  assert.equal(changes.length, 1);
  assert.deepEqual([list().chats.length, list().requestCount], [0, 1]);
});

test('bob uses chat once he sent a chat mail, carol ordinary e-mail until then', () => {
  const state = aliceAfter([
    seen(hello, facts(1)),
    seen(text({ id: 'l@x', from: CAROL, to: [ALICE], legacy: true }), facts(2)),
  ]);
  assert.equal(state.people.get(BOB)?.chat, true);
  assert.equal(state.people.get(CAROL)?.chat, false);
});

test('receipts of everybody make a line read', () => {
  const plan = text({ id: 'plan@x', from: ALICE, to: [BOB, CAROL], text: 'Plan', delivered: false });
  const receipt = (from: typeof BOB, uid: number) =>
    seen(service({ id: `r${uid}@x`, from, to: [ALICE] }, 'receipt', 'plan@x'), facts(uid));
  assert.match(golden(aliceAfter([seen(plan, facts(1)), receipt(BOB, 2)])), /Plan \[sent\]/);
  assert.match(golden(aliceAfter([receipt(CAROL, 3), seen(plan, facts(1)), receipt(BOB, 2)])), /Plan \[read\]/);
});

test('an event that changes nothing touches nothing', () => {
  const state = aliceAfter([seen(hello, facts(1))]);
  const before = JSON.stringify([...state.rows]);
  aliceAfter([seen(hello, facts(1)), { kind: 'pass-completed' }, { kind: 'time-passed', now: NOON * 2 }], state);
  assert.equal(JSON.stringify([...state.rows]), before);
});
