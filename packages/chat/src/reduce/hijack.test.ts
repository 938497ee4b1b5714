/** Strangers who send mail under ids that are not theirs, and facts that come in an unlucky order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContactAddress, MessageId, TextMessage } from '@coi-webmail/coi';
import type { ChatEvent } from '../event.ts';
import { selectRow } from '../select/timeline.ts';
import { brokenIndex } from '../property/observe.fixture.ts';
import { type ChatState, emptyState } from '../state.ts';
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
  seen,
  service,
  text,
  type Written,
} from '../test-story.ts';
import type { ChatId, RowId } from '../view.ts';
import { reduce } from './reduce.ts';

/** Sorts before everybody. */
const AARON = 'aaron@evil.example' as ContactAddress;

const plan = text({ id: 'chat$1@x', from: BOB, to: [ALICE], text: 'Plan' });
const copied = text({ id: 'chat$1@x', from: AARON, to: [ALICE], text: 'Cheap pills' });
const contract = text({
  id: 'mail@x',
  from: ALICE,
  to: [BOB],
  text: 'The contract',
  subject: 'Contract',
  answers: 'chat$1@x',
  legacy: true,
  files: ['contract.pdf'],
  delivered: false,
  at: NOON + 1000,
});

for (const [name, events] of [
  ['before', [seen(copied, facts(1)), seen(plan, facts(2)), seen(contract, facts(3))]],
  ['after', [seen(contract, facts(3)), seen(plan, facts(2)), seen(copied, facts(1))]],
] as const) {
  test(`a stranger who copies the id of bob's line ${name} it draws no answer into a chat of his`, () => {
    assert.match(golden(aliceAfter(events)), /^address:bob@[^\n]*\n[^\n]*Plan[^\n]*\n {2}1000\.000 me: The contract/m);
  });
}

test('bob’s ordinary mail stays with bob, though a stranger first used the id that it answers', () => {
  const reply = text({ ...plainMail, id: 'reply@x', from: BOB, to: [ALICE], text: 'Here', answers: 'chat$1@x' });
  const state = aliceAfter([seen(copied, facts(1)), seen(reply, facts(2))]);
  assert.match(
    golden(state),
    /^address:bob@example\.test \(bob@example\.test\)\n {2}0\.000 Bob Builder: Here \[unread\]/m,
  );
});

const plainMail = { subject: 'Invoice', legacy: true, files: ['invoice.pdf'] };

test('a member who copies the id of a line much later pushes no answer down', () => {
  const group = { groupId: 'AAAABBBBCCCC', groupName: 'Crew' };
  const line = text({ id: 'chat$1@x', from: BOB, to: [ALICE, CAROL], text: 'Who comes?', ...group });
  const answer = text({ id: 'a@x', from: ALICE, to: [BOB, CAROL], text: 'Me', answers: 'chat$1@x', ...group });
  const late = text({ id: 'chat$1@x', from: CAROL, to: [ALICE, BOB], text: 'Copy', at: NOON + 50_000, ...group });
  const own = facts(2, { role: 'sent', internalAt: NOON + 60_000 });
  const state = aliceAfter([
    seen(line, facts(1)),
    seen(answer, own),
    seen(late, facts(3, { internalAt: NOON + 60_000 })),
  ]);
  assert.match(golden(state), / {2}0\.000 Bob Builder: Who comes\?.*\n {2}0\.001 me: Me/);
});

test('ids that many mails share and that answer each other cost no more than these mails', () => {
  const events: ChatEvent[] = [];
  for (let number = 0; number < 60; number++) {
    const [id, answers] = number % 2 === 0 ? ['p@x', 'q@x'] : ['q@x', 'p@x'];
    const from = `m${number}@evil.example` as ContactAddress;
    events.push(seen(text({ id, answers, from, to: [ALICE], text: `${number}` }), facts(number + 1)));
  }
  // Eight generations of thirty answers each would never end.
  assert.equal(aliceAfter(events).rows.size, 60);
});

test('an id that very many mails claim names none of them, whatever comes first', () => {
  const claims = Array.from({ length: 20 }, (_, number) => {
    const from = `m${number}@evil.example` as ContactAddress;
    return seen(text({ id: 'chat$1@x', from, to: [ALICE, BOB], text: `${number}` }), facts(number + 10));
  });
  const events = [...claims, seen(contract, facts(1))];
  const shown = golden(aliceAfter(events));
  assert.match(shown, /^address:bob@example\.test \(bob@example\.test\)\n {2}1000\.000 me: The contract/m);
  assert.equal(golden(aliceAfter(events.toReversed())), shown);
});

function outbox(message: TextMessage): ChatEvent {
  const line = {
    rowId: identity(message),
    chatId: 1 as ChatId,
    messageId: message.messageId as MessageId,
    message,
    createdAt: NOON,
    delivery: 'unknown' as const,
    reason: undefined,
    detail: undefined,
  };
  return { kind: 'outbox-changed', line };
}

test('a line to oneself that came back before the vault was read is one line', () => {
  const note = text({ id: 'chat$n@x', from: ALICE, to: [ALICE], text: 'Note' });
  const shown = golden(aliceAfter([seen(note, facts(1)), outbox(note)]));
  assert.equal(shown.split('\n').length, 2, shown);
  assert.equal(shown, golden(aliceAfter([outbox(note), seen(note, facts(1))])));
});

test('a body under a known id loses its warning when the other one is gone', () => {
  const other = text({ id: 'chat$1@x', from: BOB, to: [ALICE], text: 'Something else' });
  const gone: ChatEvent = { kind: 'copies-gone', mailbox: 'INBOX', uidValidity: '1', uids: [1] };
  const state = aliceAfter([seen(plan, facts(1)), seen(other, facts(2, { internalAt: NOON + 5 })), gone]);
  assert.match(golden(state), /Plan.*collision/);
  assert.equal(messageOf(state, identity(plan)), 'Plan', 'It may only have been moved: nothing is ranked yet');
  aliceAfter([{ kind: 'pass-completed' }], state);
  assert.match(golden(state), /Something else \[unread\]/);
  assert.deepEqual([...state.rows.keys()], [identity(plan)]);
});

test('two copies of a long mail whose prefixes end at different attachments are one line', () => {
  const long = text({ id: 'l@x', from: BOB, to: [ALICE], text: 'Pictures', files: ['a.jpg', 'b.jpg', 'c.jpg'] });
  const cut = (count: number): TextMessage => ({
    ...long,
    attachments: long.attachments.slice(0, count),
    partsCut: true,
  });
  const chats = facts(2, { role: 'chats', place: { mailbox: 'COI/Chats', uidValidity: '1', uid: 2 } });
  for (const [one, two] of [
    [cut(2), cut(3)],
    [cut(3), cut(2)],
    [long, cut(2)],
    [cut(1), long],
  ] as const) {
    const state = aliceAfter([seen(one, facts(1)), seen(two, chats)]);
    assert.equal(state.rows.size, 1);
    assert.equal([...state.rows.values()][0]?.collision, false);
  }
  const forged: TextMessage = { ...long, attachments: long.attachments.slice(1, 2) };
  assert.equal(aliceAfter([seen(cut(3), facts(1)), seen(forged, chats)]).rows.size, 2);
});

test('a name is forgotten with the only mail that told it, and an older one stands again', () => {
  const named = (id: string, name: string, at: number) => ({
    ...text({ id, from: BOB, to: [ALICE], at }),
    from: { address: BOB, name },
  });
  const events = [seen(named('1@x', 'Bob', NOON), facts(1)), seen(named('2@x', 'Robert', NOON + 1000), facts(2))];
  const state = aliceAfter(events);
  assert.equal(state.people.get(BOB)?.name, 'Robert');
  const gone: ChatEvent = { kind: 'copies-gone', mailbox: 'INBOX', uidValidity: '1', uids: [2] };
  aliceAfter([gone, { kind: 'pass-completed' }], state);
  assert.equal(state.people.get(BOB)?.name, 'Bob');
});

test('a new name touches each chat that shows it', () => {
  const state = aliceAfter([seen(plan, facts(1))]);
  const [chatId] = state.chats.keys();
  const group = text({ id: 'g@x', from: CAROL, to: [ALICE, BOB], groupId: 'AAAABBBBCCCC', at: NOON + 1 });
  const inGroup = { ...group, from: { address: BOB, name: 'Robert' }, to: [{ address: ALICE, name: '' }] };
  const changes = reduce(state, seen(inGroup, facts(2, { internalAt: NOON + 1 })), { newChatId: () => 7 as ChatId });
  assert.ok(changes.some((change) => change.chatId === chatId && change.chat));
});

test('an answer that names the id which a server made up is an answer, and so is a receipt', () => {
  const rewritten: TextMessage = {
    ...text({ id: 'chat$9@x', from: ALICE, to: [BOB], text: 'Sent by Exchange', delivered: false }),
    rewrittenId: 'made-up@exchange' as MessageId,
  };
  const answer = text({ id: 'r@x', from: BOB, to: [ALICE], text: 'Yes', answers: 'made-up@exchange', at: NOON - 9000 });
  const receipt = service({ id: 'mdn@x', from: BOB, to: [ALICE] }, 'receipt', 'made-up@exchange');
  const state = aliceAfter([seen(receipt, facts(3)), seen(answer, facts(2)), seen(rewritten, facts(1))]);
  assert.match(golden(state), /0\.000 me: Sent by Exchange \[read\]\n {2}0\.001 Bob Builder: Yes/);
  assert.equal(viewOf(state, 'r@x').own, false);
});

function messageOf(state: ChatState, id: RowId): string | undefined {
  const message = state.rows.get(id)?.message;
  return message?.kind === 'text' ? message.text : undefined;
}

function viewOf(state: ChatState, id: string) {
  const row = [...state.rows.values()].find(({ message }) => message.messageId === id);
  assert.ok(row !== undefined);
  return selectRow(state, row, () => '');
}

test('a row that moves to another chat is first removed there, then written here', () => {
  const card = text({ ...plainMail, id: 'c@x', from: CAROL, to: [ALICE, AARON], answers: 'g@x' });
  const line = text({ id: 'g@x', from: ALICE, to: [BOB, CAROL], text: 'Plan', delivered: false });
  const state = aliceAfter([seen(card, facts(1))]);
  const changes = reduce(state, seen(line, facts(2)), { newChatId: () => 7 as ChatId });
  const removed = changes.findIndex((change) => change.removed.includes(identity(card)));
  const written = changes.findIndex((change) => change.rowIds.includes(identity(card)));
  assert.ok(removed !== -1 && removed < written, JSON.stringify(changes));
});

test('two copies of a long text whose prefixes end inside an escape are one line', () => {
  const words = 'It is a long story. '.repeat(20);
  const cut = (end: string): TextMessage => ({
    ...text({ id: 'l@x', from: BOB, to: [ALICE], text: `${words}${end}` }),
    truncated: true,
  });
  const chats = facts(2, { role: 'chats', place: { mailbox: 'COI/Chats', uidValidity: '1', uid: 2 } });
  for (const [one, two] of [
    [cut('=C'), cut('Grü')],
    [cut('<a hre'), cut('more and more words')],
  ] as const) {
    assert.equal(aliceAfter([seen(one, facts(1)), seen(two, chats)]).rows.size, 1);
    assert.equal(aliceAfter([seen(two, chats), seen(one, facts(1))]).rows.size, 1);
  }
  const other = text({ id: 'l@x', from: BOB, to: [ALICE], text: 'It is a short story.' });
  assert.equal(aliceAfter([seen(cut(''), facts(1)), seen(other, chats)]).rows.size, 2);
});

const HOME = 'alice@home.example' as ContactAddress;
const told = (uid: number, internalMs: number, written: Written) =>
  seen(text({ legacy: true, ...written }), facts(uid, { internalAt: NOON + internalMs }));

const circles: readonly (readonly [name: string, events: readonly ChatEvent[]])[] = [
  [
    'two mails that answer each other and each bring in an outsider and a file',
    [
      told(1, 0, { id: 'p@x', from: BOB, to: [ALICE, CAROL], answers: 'q@x', files: ['a.pdf'] }),
      told(2, 0, { id: 'q@x', from: BOB, to: [ALICE, HOME, AARON], answers: 'p@x', files: ['b.pdf'] }),
    ],
  ],
  [
    'two bodies under one id, the later an answer to an answer to it',
    [
      told(1, 500, { id: '2@x', from: CAROL, to: [BOB, ALICE], text: 'words 2', answers: '0@x', at: NOON + 90_000 }),
      told(2, 500, { id: '3@x', from: CAROL, to: [ALICE], answers: '2@x', at: NOON + 1000, groupId: 'AAAABBBBCCCC' }),
      told(3, 500, {
        id: '2@x',
        from: CAROL,
        to: [AARON, ALICE],
        text: 'words 5',
        answers: '3@x',
        at: NOON + 90_000_000,
      }),
    ],
  ],
  [
    'three mails that answer each other, one of them with an outsider and a file',
    [
      told(1, 1500, { id: '0@x', from: ALICE, to: [BOB], subject: 'Re: Plan', answers: '4@x', files: ['a.pdf'] }),
      told(2, 2500, { id: '4@x', from: BOB, to: [HOME], subject: 'Other', answers: '2@x' }),
      told(3, 1500, {
        id: '2@x',
        from: HOME,
        to: [BOB, CAROL],
        subject: 'Plan',
        answers: '0@x',
        files: ['a.pdf'],
        at: NOON + 2000,
      }),
    ],
  ],
];

for (const [name, events] of circles) {
  test(`${name}: the same in every order, each listed once`, () => {
    const after = (order: readonly ChatEvent[]) => aliceAfter(order, emptyState([ALICE, HOME]));
    const shown = golden(after(events));
    for (const order of permutations(events)) {
      const state = after(order);
      assert.equal(golden(state), shown);
      assert.equal(brokenIndex(state), undefined);
    }
  });
}
