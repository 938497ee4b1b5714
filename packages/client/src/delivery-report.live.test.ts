/** What real mail servers refuse, put off and bounce, as alice's client shows it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ChatId, RowView } from '@coi-webmail/chat';
import { at, ImapLine, sendMail, type Stack, startStack, until } from '@coi-webmail/e2e/stack';
import { Person } from './person.fixture.ts';

/** How these addresses behave is e2e/stack/postfix.ts's. */
const [GHOST, SLOW] = ['ghost@example.test', 'anybody@slow.test'];
const LIMIT = 3;

let stack: Stack;
let alice: Person;

before(async () => {
  stack = await startStack({ webmail: false, recipientLimit: LIMIT });
  alice = new Person(await stack.freshUser(), () => stack.engines()[0]?.url ?? '');
  await alice.signOn();
  await alice.consent();
  await alice.synced();
});

after(async () => {
  alice?.leave();
  await stack?.stop();
});

async function sendTo(people: readonly string[], text: string): Promise<ChatId> {
  const chatId = await alice.client.startChat([...people]);
  await alice.client.send({ chatId, text });
  return chatId;
}

const standing = ({ delivery, deliveryReason, deliveryDetail }: RowView) => [delivery, deliveryReason, deliveryDetail];
const refusedIn = ({ recipients }: RowView) =>
  recipients?.refused.map(({ person, reason }) => `${person.address} ${reason}`) ?? [];

test('an address without a mailbox bounces, and its line says so', async () => {
  const chatId = await sendTo([GHOST], 'Is anybody there?');
  const row = await alice.row(chatId, ({ delivery }) => delivery === 'failed', 'the bounce');
  assert.deepEqual(standing(row), ['failed', 'recipient-unknown', '550 5.1.1']);
  const imap = await ImapLine.login(stack.info.ports.imap, alice.user);
  const namesTheSecret = async () => {
    await imap.command(`EXAMINE ${at('COI/Chats')}`);
    return /Original-Envelope-Id: [a-z2-7]{26}\r\n/.test(await imap.command('UID FETCH * (BODY.PEEK[])'));
  };
  await until(namesTheSecret, 'a filed report that names the secret of the submission', 15_000);
  await imap.logout();
});

test('one of two bounces: the line is sent, and names who did not get it', async () => {
  const bob = await stack.freshUser();
  const chatId = await sendTo([bob.address, GHOST], 'To both');
  const row = await alice.row(chatId, (each) => refusedIn(each).length > 0, 'the bounce of one');
  assert.deepEqual([row.delivery, refusedIn(row)], ['sent', [`${GHOST} recipient-unknown`]]);
  await until(async () => stack.sink.count(`<${row.messageId}>`, bob.address) === 1, 'a copy for the other');
});

test('a recipient that the server refuses on the spot is named beside those who got it', async () => {
  const bob = await stack.freshUser();
  const chatId = await sendTo([bob.address, 'refused@far.test'], 'To one of two');
  const row = await alice.row(chatId, (each) => refusedIn(each).length > 0, 'the refusal');
  assert.deepEqual([row.delivery, refusedIn(row)], ['sent', ['refused@far.test refused']]);
  await until(async () => stack.sink.count(`<${row.messageId}>`, bob.address) === 1, 'a copy for the other');
});

test('a server that takes three recipients a time gets the line in several transactions, each once', async () => {
  const people = await Promise.all(Array.from({ length: 7 }, () => stack.freshUser()));
  const chatId = await sendTo(
    people.map(({ address }) => address),
    'To seven',
  );
  const row = await alice.row(chatId, ({ delivery }) => delivery === 'sent', 'the line sent');
  assert.deepEqual(refusedIn(row), []);
  const id = `<${row.messageId}>`;
  await until(async () => stack.sink.count(id) >= people.length, 'seven deliveries');
  for (const { address } of people) assert.equal(stack.sink.count(id, address), 1);
});

test('a delay is told and is no failure', async () => {
  const chatId = await sendTo([SLOW], 'Take your time');
  const timeline = await alice.timeline(chatId);
  const isTold = ({ deliveryReason }: RowView) => deliveryReason !== undefined;
  const { rows } = await timeline.until((view) => view.rows.some(isTold), 'the delay', 60_000);
  assert.deepEqual(rows.filter(isTold).map(standing), [['sent', 'delayed', '4.4.1']]);
});

test('a forged bounce changes nothing', async () => {
  const bob = await stack.freshUser();
  const chatId = await sendTo([bob.address], 'Hello Bob');
  const row = await alice.row(chatId, ({ delivery }) => delivery === 'sent', 'the line sent');
  const forged = [
    'From: MAILER-DAEMON@far.test',
    `To: ${alice.address}`,
    'Message-ID: <forged@far.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; far.test',
    '',
    `Final-Recipient: rfc822; ${bob.address}`,
    'Action: failed',
    'Status: 5.1.1',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${row.messageId}>`,
    '',
    '--b--',
    '',
  ].join('\r\n');
  const message = Buffer.from(forged);
  await sendMail({ port: stack.info.ports.inject, from: 'mallory@far.test', to: [alice.address], message });
  // It is filed with the line that it claims to be about, so alice has seen it by then.
  const imap = await ImapLine.login(stack.info.ports.imap, alice.user);
  const isFiled = async () => {
    await imap.command(`EXAMINE ${at('COI/Chats')}`);
    return /SEARCH \d/.test(await imap.command('UID SEARCH HEADER Message-ID forged@far.test'));
  };
  await until(isFiled, 'the forged bounce among the chats', 15_000);
  await imap.logout();
  await alice.client.send({ chatId, text: 'Still there?' });
  await alice.row(chatId, ({ text, delivery }) => text === 'Still there?' && delivery === 'sent', 'the next line');
  const rows = (await alice.timeline(chatId)).value?.rows ?? [];
  assert.deepEqual(
    rows.map(({ delivery }) => delivery),
    ['sent', 'sent'],
  );
});
