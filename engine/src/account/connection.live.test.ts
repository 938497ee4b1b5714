import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { needs, sendMail, type Stack, startStack, until } from '@coi-webmail/e2e/stack';
import { verifyLogin } from '../imap/verify-login.ts';
import { chatId, issuerOf, mail, MODE, person, type Person } from './account.fixture.ts';

// A stack of its own: its IMAP is cut and stopped.
let stack: Stack;
const live = {
  get stack() {
    return stack;
  },
  stop: async () => undefined,
};
before(async () => {
  stack = await startStack({ engine: false, webmail: false, name: `connection-${process.pid}` });
});
after(async () => {
  await stack?.stop();
});

async function overFaults(): Promise<Person> {
  const issuer = await issuerOf(live);
  const someone = await person(live, { issuer: { imap: { ...issuer.imap, port: stack.info.ports.imapFault } } });
  await someone.account.call('mode.set', { mode: MODE });
  await someone.events.next('mailboxes.changed');
  return someone;
}

async function deliver(to: Person): Promise<string> {
  const id = chatId();
  const message = mail({ From: 'erin@elsewhere.test', To: to.user.address, 'Message-ID': `<${id}>` });
  await sendMail({ port: stack.info.ports.inject, from: 'erin@elsewhere.test', to: [to.user.address], message });
  await until(async () => stack.sink.count(`<${id}>`) === 1, 'the delivery');
  return id;
}

const carries =
  (id: string) =>
  ({ message }: { readonly message: { readonly bytes: Uint8Array } }) =>
    Buffer.from(message.bytes).includes(id);

test('after a cut connection all is taken up again, and mail that came meanwhile is pushed once', async () => {
  const alice = await overFaults();
  stack.faults.imap.cut();
  await alice.events.next('account.state', ({ state }) => state === 'imap-unavailable');
  const id = await deliver(alice);
  await assert.rejects(alice.account.call('mailbox.sync', { mailbox: 'INBOX' }), (error) =>
    isCoiError(error, 'imap-unavailable'),
  );
  const { account } = await alice.account.describe();
  assert.notEqual(account.state, 'online');
  stack.faults.imap.restore();
  await alice.events.next('message.arrived', carries(id));
  const later = await deliver(alice);
  await alice.events.next('message.arrived', carries(later));
  assert.equal(alice.events.of('message.arrived').length, 2);
  assert.equal((await alice.account.describe()).account.state, 'online');
  await alice.stop();
});

test('a mail server that restarts is awaited', async () => {
  const alice = await overFaults();
  await stack.stopImap();
  await alice.events.next('account.state', ({ state }) => state === 'imap-unavailable');
  await stack.startImap();
  alice.account.setSocketCount(0);
  alice.account.setSocketCount(1);
  const id = await deliver(alice);
  await alice.events.next('message.arrived', carries(id));
  await alice.stop();
});

test('a refused password ends all trying, until there is another', async () => {
  const user = await stack.freshUser();
  await stack.startImapTrace(user.address);
  const alice = await person(live, { user: { ...user, password: 'wrong' } });
  await assert.rejects(alice.account.describe(), (error) => isCoiError(error, 'auth-failed'));
  for (let index = 0; index < 3; index += 1) {
    await assert.rejects(alice.account.call('mailbox.sync', { mailbox: 'INBOX' }), (error) =>
      isCoiError(error, 'auth-failed'),
    );
  }
  assert.deepEqual(alice.events.of('account.state'), []);
  alice.account.renew({ login: user.address, secret: user.password, auth: 'password' });
  assert.equal((await alice.account.describe()).account.state, 'online');
  await alice.stop();
});

test('a password is verified by a real sign-on, over verified TLS only', async () => {
  const [issuer, user] = [await issuerOf(live), await stack.freshUser()];
  const credentials = { login: user.address, secret: user.password, auth: 'password' as const };
  await verifyLogin(issuer, credentials);
  await verifyLogin({ ...issuer, imap: { ...issuer.imap, port: stack.info.ports.imaps, tls: 'tls' } }, credentials);
  await assert.rejects(verifyLogin(issuer, { ...credentials, secret: 'no' }), (error) =>
    isCoiError(error, 'auth-failed'),
  );
  const { ca: _, ...unknownCa } = issuer.imap;
  await assert.rejects(verifyLogin({ ...issuer, imap: unknownCa }, credentials), (error) =>
    isCoiError(error, 'tls-untrusted'),
  );
  const otherName = { ...issuer.imap, servername: 'mail.far.test' };
  await assert.rejects(verifyLogin({ ...issuer, imap: otherName }, credentials), (error) =>
    isCoiError(error, 'tls-untrusted'),
  );
  await assert.rejects(verifyLogin({ ...issuer, imap: { ...issuer.imap, port: 1 } }, credentials), (error) =>
    isCoiError(error, 'imap-unavailable'),
  );
});

test(
  "the mail server is told the browser's address before the sign-on, on every connection",
  needs('client address'),
  async () => {
    const alice = await person(live, { sockets: 0 });
    alice.account.seenFrom('203.0.113.7');
    await alice.account.describe();
    await alice.account.call('mailbox.sync', { mailbox: 'INBOX' });
    await verifyLogin(
      await issuerOf(live),
      { login: alice.user.address, secret: alice.user.password, auth: 'password' },
      '2001:db8::7',
    );
    await alice.stop();
    const log = await readFile(join(stack.info.runDir, 'log', 'dovecot.log'), 'utf8');
    const logins = log.split('\n').filter((line) => line.includes(`Login: user=<${alice.user.address}>`));
    const addresses = logins.map((line) => /rip=([^,]+)/.exec(line)?.[1]);
    assert.deepEqual(addresses, ['203.0.113.7', '203.0.113.7', '2001:db8::7']);
  },
);
