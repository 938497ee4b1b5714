/** Delivery events of a real Dovecot, with the files that the install command writes, to the screen of bob. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { after, before, test } from 'node:test';
import { fromBase64, silentLogger, systemClock } from '@coi-webmail/base';
import { sendMail, type Stack, startStack, until } from '@coi-webmail/e2e/stack';
import { chatId, issuerOf, mail, person, type Person } from '../account/account.fixture.ts';
import { startLesserServer } from '../imap/lesser-server.fixture.ts';
import { LocalDeliveryDesk } from './desk.ts';
import type { DeliveryNotice } from './hint.ts';
import { startDeliveryServer } from './server.ts';

let stack: Stack;
before(async () => {
  stack = await startStack({ engine: false, webmail: false, imap: 'dovecot', deliveryEvents: true });
});
after(async () => {
  await stack?.stop();
});

interface Reception {
  readonly desk: LocalDeliveryDesk;
  /** Everything that Dovecot told. */
  readonly told: DeliveryNotice[];
  /** Status of each refused event. */
  readonly refused: unknown[];
}

/** Takes the events of Dovecot as an engine does, while `work` runs. */
async function receiving(
  work: (reception: Reception) => Promise<void>,
  options: { readonly key?: Uint8Array } = {},
): Promise<void> {
  const key = options.key ?? fromBase64(await readFile(`${stack.info.runDir}/delivery.key`, 'utf8'));
  const desk = new LocalDeliveryDesk({ clock: systemClock, log: silentLogger });
  const told: DeliveryNotice[] = [];
  const refused: unknown[] = [];
  const server = await startDeliveryServer({
    listen: { host: stack.info.host, port: stack.info.ports.delivery },
    sources: [{ name: 'test', deliveryKey: key }],
    onNotice: (issuer, notice) => {
      told.push(notice);
      desk.tell(issuer, notice);
    },
    log: { ...silentLogger, info: (_event, fields) => void refused.push(fields?.['status']) },
  });
  try {
    await work({ desk, told, refused });
  } finally {
    await server.stop();
  }
}

/** Bob at a server that tells nothing by itself: what he sees within seconds, he sees through an event. */
async function withDeafBob(desk: LocalDeliveryDesk, work: (bob: Person) => Promise<void>): Promise<void> {
  const live = { stack, stop: async () => undefined };
  const relay = await startLesserServer(stack.info.ports.imap, ['IDLE', 'NOTIFY']);
  const imap = { ...(await issuerOf(live)).imap, port: relay.port };
  const bob = await person(live, { issuer: { imap: { ...imap, tls: 'none' } }, deps: { delivery: desk } });
  try {
    await bob.account.call('mode.set', { mode: 'active' });
    await work(bob);
  } finally {
    await bob.stop();
    await relay.stop();
  }
}

function fromOutside(to: Person, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const message = mail({
    From: 'erin@elsewhere.test',
    To: to.user.address,
    'Message-ID': `<${chatId('elsewhere.test')}>`,
    ...headers,
  });
  return sendMail({ port: stack.info.ports.inject, from: 'erin@elsewhere.test', to: [to.user.address], message });
}

async function hasMails(someone: Person, count: number): Promise<void> {
  const imap = await someone.imap();
  await until(async () => (await imap.command('STATUS INBOX (MESSAGES)')).includes(`MESSAGES ${count})`), 'the mail');
  await imap.logout();
}

test('a chat mail from outside is shown through its delivery event', async () => {
  await receiving(async ({ desk, told }) => {
    await withDeafBob(desk, async (bob) => {
      const startedAt = performance.now();
      await fromOutside(bob);
      const { message, uidValidity } = await bob.events.next('message.arrived');
      assert.ok(performance.now() - startedAt < 5_000, 'a server without IDLE is asked every ten seconds only');
      const notice = told.find(({ hints }) => hints.some(({ kind }) => kind === 'delivered'));
      assert.equal(notice?.user, bob.user.address);
      assert.deepEqual(await bob.events.next('message.moved').then(({ from }) => from), {
        mailbox: 'INBOX',
        uidValidity,
        uid: message.uid,
      });
      assert.equal(desk.isReliable('test'), true);
    });
  });
});

test('an event tells mailbox and kind, and nothing of the mail', async () => {
  await receiving(async ({ desk, told }) => {
    await withDeafBob(desk, async (bob) => {
      told.length = 0;
      await fromOutside(bob, { 'Message-ID': '<plain@elsewhere.test>', Subject: 'A secret' });
      await hasMails(bob, 1);
      const imap = await bob.imap();
      await imap.command('SELECT INBOX');
      await imap.command('STORE 1 +FLAGS (\\Seen)');
      await imap.command('CREATE "B&APY-se \\"x\\""');
      await imap.command('COPY 1 Archive');
      await imap.logout();
      const all = told.flatMap(({ hints }) => hints);
      assert.deepEqual(all, [
        { kind: 'delivered', mailbox: 'INBOX' },
        { kind: 'changed', mailbox: 'INBOX' },
        { kind: 'listed', mailbox: 'Böse "x"' },
        { kind: 'listed', mailbox: 'Archive' },
        { kind: 'appended', mailbox: 'Archive' },
      ]);
    });
  });
});

test('Dovecot with a wrong key is refused; the mail is delivered all the same', async () => {
  await receiving(
    async ({ desk, told, refused }) => {
      await withDeafBob(desk, async (bob) => {
        await fromOutside(bob);
        await hasMails(bob, 1);
        assert.deepEqual(told, []);
        assert.ok(refused.length > 0 && refused.every((status) => status === 403));
        assert.equal(desk.isReliable('test'), false);
      });
    },
    { key: new Uint8Array(32) },
  );
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(stack.info.ports.delivery, stack.info.host, resolve));
  return server;
}

test('without an engine mail is delivered as ever, and bob is told by his mail server', async () => {
  const desk = new LocalDeliveryDesk({ clock: systemClock, log: silentLogger });
  const bob = await person({ stack, stop: async () => undefined }, { deps: { delivery: desk } });
  try {
    await bob.account.call('mode.set', { mode: 'active' });
    await fromOutside(bob);
    await bob.events.next('message.arrived');
  } finally {
    await bob.stop();
  }
});

test('an engine that hangs holds a delivery up for less than a second', async () => {
  const silent = await listening(createServer(() => undefined));
  try {
    const bob = await stack.freshUser();
    const message = mail({ From: 'erin@elsewhere.test', To: bob.address, 'Message-ID': '<late@elsewhere.test>' });
    const startedAt = performance.now();
    // Straight to Dovecot: the answer to the final dot comes when the mail lies in the mailbox.
    const { lmtp } = stack.info.ports;
    await sendMail({ port: lmtp, from: 'erin@elsewhere.test', to: [bob.address], message, greeting: 'LHLO' });
    assert.ok(performance.now() - startedAt < 1_000);
  } finally {
    silent.close();
  }
});
