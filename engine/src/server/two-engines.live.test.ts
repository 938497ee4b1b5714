/** Two engine processes on one Store file, over real mail servers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { CLOSE, type Result, type SignedOn, SUBPROTOCOL } from '@coi-webmail/protocol';
import {
  at,
  chosenServer,
  type Engine,
  ImapLine,
  lacks,
  sendMail,
  type Stack,
  startStack,
  until,
  type User,
  needs,
} from '@coi-webmail/e2e/stack';
import { WebSocket } from 'ws';
import { TestSocket } from './server.fixture.ts';

let stack: Stack;
let one: Engine;
let two: Engine;

before(async () => {
  stack = await startStack({ webmail: false });
  one = stack.engines()[0] as Engine;
  two = await stack.startEngine();
});
after(() => stack?.stop());

interface Session extends Omit<SignedOn, 'cookie'> {
  readonly cookie: string;
}

/** By password, like the standalone page. */
async function signOn(engine: Engine, user: User): Promise<Session> {
  const response = await fetch(new URL('session', engine.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(engine.url).origin },
    body: JSON.stringify({ address: user.address, password: user.password }),
  });
  assert.equal(response.status, 200);
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { ...((await response.json()) as SignedOn), cookie };
}

async function connect(engine: Engine, session: Session): Promise<TestSocket> {
  const url = new URL(`a/${session.accountHash}/socket`, engine.url).href.replace('http', 'ws');
  const headers = { origin: new URL(engine.url).origin, cookie: session.cookie };
  const ws = new WebSocket(url, [SUBPROTOCOL], { headers });
  const socket = new TestSocket(ws);
  await once(ws, 'open');
  await socket.hello(session);
  return socket;
}

function lineOf(from: User, to: User, text: string) {
  const messageId = `chat$${crypto.randomUUID()}@example.test`;
  const source = [
    `From: ${from.address}`,
    `To: ${to.address}`,
    `Message-ID: <${messageId}>`,
    'Chat-Version: 1.0',
    `Date: ${new Date().toUTCString()}`,
    'Subject: Chat',
    '',
    text,
    '',
  ].join('\r\n');
  const bytes = new TextEncoder().encode(source);
  return { messageId, bytes, recipients: [to.address], attempt: 0 };
}

async function messageCount(user: User, mailbox: string): Promise<number> {
  const imap = await ImapLine.login(stack.info.ports.imap, user);
  const status = await imap.command(`STATUS ${mailbox} (MESSAGES)`);
  await imap.logout();
  return Number(/MESSAGES (\d+)/.exec(status)?.[1]);
}

test('one sign-on opens both engines, and signing out at one closes the sockets of the other', async () => {
  const alice = await stack.freshUser();
  const session = await signOn(one, alice);
  const atOne = await connect(one, session);
  const atTwo = await connect(two, session);
  const path = new URL(`a/${session.accountHash}/session`, one.url);
  const headers = { cookie: session.cookie, origin: path.origin };
  assert.equal((await fetch(path, { method: 'DELETE', headers })).status, 204);
  assert.deepEqual(await Promise.all([atOne.closed, atTwo.closed]), [CLOSE.sessionEnded, CLOSE.sessionEnded]);
});

test('a line that is given to both at once goes out once and lies once in each mailbox', needs('MOVE'), async () => {
  const [alice, bob] = [await stack.freshUser(), await stack.freshUser()];
  const session = await signOn(one, alice);
  const atOne = await connect(one, session);
  await atOne.call('mode.set', { mode: 'active' });
  const sockets = [atOne, await connect(two, session)];
  const lines = Array.from({ length: 5 }, (_, index) => lineOf(alice, bob, `Line ${index}`));
  const submit = (line: object) => sockets.map((socket) => socket.call('message.submit', line));
  const answers = (await Promise.all(lines.flatMap(submit))) as Result<'message.submit'>[];
  const states = answers.map(({ state }) => state);
  assert.ok(states.filter((state) => state === 'sent').length >= lines.length, states.join());
  assert.ok(!states.includes('unknown'));
  for (const { messageId } of lines) {
    await until(async () => stack.sink.count(`<${messageId}>`) >= 1, 'the line to be delivered', 10_000);
  }
  // Who was told "in flight" asks again, as the client does.
  const again = (await Promise.all(lines.flatMap(submit))) as Result<'message.submit'>[];
  assert.deepEqual(new Set(again.map(({ state }) => state)), new Set(['sent']));
  for (const { messageId } of lines) assert.equal(stack.sink.count(`<${messageId}>`), 1);
  assert.equal(await messageCount(alice, at('COI/Chats')), lines.length);
});

/** Where other mailboxes are not pushed they are looked at every ten seconds. */
const NOTICE_MS = lacks(chosenServer()).includes('NOTIFY') ? 12_000 : 5_000;

test(
  'consent given at one engine, and another mode, reach the tabs of the other within seconds',
  needs('MOVE'),
  async () => {
    const alice = await stack.freshUser();
    const session = await signOn(one, alice);
    const [atOne, atTwo] = [await connect(one, session), await connect(two, session)];
    const modes = (socket: TestSocket) =>
      socket.events.flatMap((frame) => (frame.event === 'mode.changed' ? [(frame.data as { mode: string }).mode] : []));
    await atOne.call('mode.set', { mode: 'active' });
    await until(async () => modes(atTwo).join() === 'active', 'the consent', NOTICE_MS);
    await atTwo.call('mode.set', { mode: 'none' });
    await until(async () => modes(atOne).join() === 'active,none', 'the other mode', NOTICE_MS);
  },
);

test('chat mail that both see is filed once', needs('MOVE'), async () => {
  const [alice, bob] = [await stack.freshUser(), await stack.freshUser()];
  const session = await signOn(one, bob);
  const atOne = await connect(one, session);
  await atOne.call('mode.set', { mode: 'active' });
  await connect(two, session);
  const COUNT = 20;
  for (let index = 0; index < COUNT; index++) {
    const { bytes } = lineOf(alice, bob, `Mail ${index}`);
    await sendMail({ port: stack.info.ports.inject, from: alice.address, to: [bob.address], message: bytes });
  }
  await until(async () => (await messageCount(bob, 'INBOX')) === 0, 'the inbox to be filed', 20_000);
  await until(async () => (await messageCount(bob, at('COI/Chats'))) === COUNT, 'the chats to lie there', 10_000);
});

test(
  'a line whose engine is killed before it went out is sent by the other within seconds, once',
  needs('MOVE'),
  async () => {
    const [alice, bob] = [await stack.freshUser(), await stack.freshUser()];
    // A submission server that never says a word holds the line where it is.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { issuers } = JSON.parse(await readFile(two.configFile, 'utf8')) as { issuers: { smtp: object }[] };
    const smtp = { ...issuers[0]?.smtp, port: (silent.address() as AddressInfo).port };
    const third = await stack.startEngine({ config: { issuers: [{ ...issuers[0], smtp }] } });
    const session = await signOn(third, alice);
    const socket = await connect(third, session);
    await socket.call('mode.set', { mode: 'active' });
    const line = lineOf(alice, bob, 'Killed on the way');
    const lost = socket.call('message.submit', line);
    await until(async () => (await messageCount(alice, at('COI/Chats'))) === 1, 'the pending copy', 5_000);
    third.kill('SIGKILL');
    await assert.rejects(lost);
    silent.close();
    const killedAt = Date.now();
    const atOne = await connect(one, session);
    const submit = async () =>
      (await atOne.call('message.submit', { ...line, attempt: 1 })) as Result<'message.submit'>;
    const first = await submit();
    assert.equal(first.state, 'in-flight');
    assert.ok((first.retryAfterMs ?? Infinity) <= 1_000);
    await until(async () => (await submit()).state === 'sent', 'the line to go out', 6_000);
    assert.ok(Date.now() - killedAt < 6_000);
    await until(async () => stack.sink.count(`<${line.messageId}>`) > 0, 'the delivery', 5_000);
    assert.equal(stack.sink.count(`<${line.messageId}>`), 1);
    assert.equal(await messageCount(alice, at('COI/Chats')), 1);
  },
);

test('a session outlives the engine that made it', async () => {
  const alice = await stack.freshUser();
  const session = await signOn(two, alice);
  const ofTwo = await connect(two, session);
  two.kill('SIGKILL');
  await ofTwo.closed;
  const socket = await connect(one, session);
  assert.deepEqual(await socket.call('submit.warm', {}), {});
});
