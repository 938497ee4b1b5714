import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ending, judge, type OutsideMail, type Screen, type Untouched } from './oracle.ts';

const ADDRESSES = { alice: 'alice@example.test', bob: 'bob@example.test' };
const LINES = [
  { who: 'alice', text: 'w-01 Hello' },
  { who: 'bob', text: 'w-02 Grüße' },
] as const;

const screen = (person: 'alice' | 'bob', texts: readonly string[] = LINES.map(({ text }) => text)): Screen => ({
  person,
  name: 'first',
  rows: texts.map((text) => {
    const own = text.startsWith(person === 'alice' ? 'w-01' : 'w-02');
    return { text, own, delivery: own ? 'sent' : undefined, messageId: `chat$${text.slice(0, 4)}@example.test` };
  }),
});

const mail = (name: string, uid: number, mailbox = 'COI/Chats'): OutsideMail => ({
  mailbox,
  uid,
  flags: [],
  messageId: `<chat$${name}@example.test>`,
  source:
    name === 'w-02'
      ? `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from('w-02 Grüße').toString('base64')}\r\n`
      : `Subject: x\r\n\r\n${name} Hello\r\n`,
});

const SEED: Untouched = { place: 'INBOX 1', flags: '\\Deleted', internalDate: 'today', source: 'Subject: a\r\n\r\nb' };

const GOOD: Ending = {
  typed: LINES,
  screens: [screen('alice'), screen('bob')],
  mailboxes: { alice: [mail('w-01', 1), mail('w-02', 2)], bob: [mail('w-01', 1), mail('w-02', 2)] },
  addresses: ADDRESSES,
  chatsMailbox: 'COI/Chats',
  deliveries: [
    { messageId: '<chat$w-01@example.test>', recipient: ADDRESSES.bob, count: 1 },
    { messageId: '<chat$w-02@example.test>', recipient: ADDRESSES.alice, count: 1 },
  ],
  untouched: { alice: { before: [SEED], after: [SEED] }, bob: { before: [], after: [] } },
  mayRepeat: new Set(),
};

const twice = [
  { messageId: '<chat$w-01@example.test>', recipient: ADDRESSES.bob, count: 2 },
  ...GOOD.deliveries.slice(1),
];

test('a conversation that is on both screens, in both mailboxes and went out once is good', () => {
  assert.deepEqual(judge(GOOD).findings, []);
  assert.equal(judge(GOOD).lines, 2);
});

const cases: readonly { readonly name: string; readonly change: Partial<Ending>; readonly counter: string }[] = [
  {
    name: 'a line that bob does not see',
    change: { screens: [screen('alice'), screen('bob', ['w-02 Grüße'])] },
    counter: 'lost',
  },
  {
    name: 'a line that no mailbox of bob has',
    change: { mailboxes: { ...GOOD.mailboxes, bob: [mail('w-02', 2)] } },
    counter: 'lost',
  },
  { name: 'a line that did not go out', change: { deliveries: GOOD.deliveries.slice(1) }, counter: 'lost' },
  {
    name: 'a line that alice sees twice',
    change: { screens: [screen('alice', ['w-01 Hello', 'w-01 Hello', 'w-02 Grüße']), screen('bob')] },
    counter: 'doubled',
  },
  {
    name: 'a line that lies twice with bob',
    change: { mailboxes: { ...GOOD.mailboxes, bob: [mail('w-01', 1), mail('w-02', 2), mail('w-01', 3)] } },
    counter: 'doubled',
  },
  { name: 'a line that went out twice', change: { deliveries: twice }, counter: 'smtpDuplicates' },
  {
    name: 'a line that went out twice by the rule of doubt',
    change: { deliveries: twice, mayRepeat: new Set(['<chat$w-01@example.test>']) },
    counter: 'repeated',
  },
  {
    name: 'a mail that nobody typed',
    change: { deliveries: [...GOOD.deliveries, { messageId: '<x@y>', recipient: ADDRESSES.bob, count: 1 }] },
    counter: 'smtpDuplicates',
  },
  {
    name: 'two orders',
    change: { screens: [screen('alice'), screen('bob', ['w-02 Grüße', 'w-01 Hello'])] },
    counter: 'reordered',
  },
  {
    name: 'other words than typed',
    change: { screens: [screen('alice'), screen('bob', ['w-01 Hallo', 'w-02 Grüße'])] },
    counter: 'altered',
  },
  {
    name: 'a mail of alice that is gone',
    change: { untouched: { ...GOOD.untouched, alice: { before: [SEED], after: [] } } },
    counter: 'altered',
  },
  {
    name: 'a flag that somebody took away',
    change: { untouched: { ...GOOD.untouched, alice: { before: [SEED], after: [{ ...SEED, flags: '' }] } } },
    counter: 'altered',
  },
  {
    name: 'a line that lies in the inbox',
    change: { mailboxes: { ...GOOD.mailboxes, bob: [mail('w-01', 1, 'INBOX'), mail('w-02', 2)] } },
    counter: 'misfiled',
  },
];

for (const { name, change, counter } of cases) {
  test(`${name}: ${counter}`, () => {
    const { lines: _lines, findings, ...counts } = judge({ ...GOOD, ...change });
    const raised = Object.entries(counts).filter(([, count]) => count > 0);
    assert.deepEqual(raised, [[counter, 1]], findings.join('\n'));
  });
}

test('a line in doubt that nobody sent again is unknown, not lost', () => {
  const rows = screen('alice').rows.map((row) => (row.own ? { ...row, delivery: 'unknown' } : row));
  const verdict = judge({
    ...GOOD,
    screens: [{ ...screen('alice'), rows }, screen('bob', ['w-02 Grüße'])],
    mailboxes: { ...GOOD.mailboxes, bob: [mail('w-02', 2)] },
    deliveries: GOOD.deliveries.slice(1),
  });
  assert.equal(verdict.unknown, 1);
  assert.equal(verdict.lost, 0);
});
