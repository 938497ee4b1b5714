/** Delivery events of a real Dovecot, with the files that the install command writes, to the screen of bob. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { fromBase64, silentLogger, systemClock } from '@coi-webmail/base';
import { sendMail, type Stack, startStack, until, type User, needs } from '@coi-webmail/e2e/stack';
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

test('a chat mail from outside is shown through its delivery event', needs('delivery events'), async () => {
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

test('an event tells mailbox and kind, and nothing of the mail', needs('delivery events'), async () => {
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

test('Dovecot with a wrong key is refused; the mail is delivered all the same', needs('delivery events'), async () => {
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

interface Line {
  readonly port: number;
  readonly openCount: () => number;
  stop(): Promise<void>;
}

/** The way to the mail server, with a count of its connections. */
async function countedLine(): Promise<Line> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: stack.info.host, port: stack.info.ports.imap });
    clients.add(client);
    client.once('close', () => clients.delete(client));
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, stack.info.host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    openCount: () => clients.size,
    stop: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const PARK_AFTER_MS = 400;

/** Bob with consent, whose account is parked as soon as nobody uses it. */
async function withParkedBob(desk: LocalDeliveryDesk, work: (bob: Person, line: Line) => Promise<void>): Promise<void> {
  const line = await countedLine();
  const imap = { ...(await issuerOf({ stack, stop: async () => undefined })).imap, port: line.port };
  const bob = await person(
    { stack, stop: async () => undefined },
    { issuer: { imap }, deps: { delivery: desk, parkAfterMs: PARK_AFTER_MS } },
  );
  try {
    await bob.account.call('mode.set', { mode: 'active' });
    await fromOutside(bob);
    await bob.events.next('message.moved');
    // No look goes on that could meet what comes next.
    await bob.account.file(10_000);
    // One for commands stays a while; the one that watches is gone.
    await until(async () => line.openCount() === 1, 'the account to be parked');
    await work(bob, line);
  } finally {
    await bob.stop();
    await line.stop();
  }
}

test(
  'bob does nothing: his watch connection is given up, nobody notices, and mail comes as before',
  needs('delivery events'),
  async () => {
    await receiving(async ({ desk }) => {
      await withParkedBob(desk, async (bob, line) => {
        const states = bob.events.of('account.state').length;
        const arrived = bob.events.of('message.arrived').length;
        const id = chatId('elsewhere.test');
        await fromOutside(bob, { 'Message-ID': `<${id}>` });
        await bob.events.next('message.arrived', ({ message }) => textOf(message.bytes).includes(id));
        assert.equal(bob.events.of('message.arrived').length, arrived + 1);
        const { account, mailboxes } = await bob.account.describe();
        assert.equal(account.state, 'online');
        assert.equal(mailboxes.find(({ role }) => role === 'chats')?.messageCount, 2);
        assert.ok(line.openCount() > 1, 'whoever uses the account wakes it');
        assert.deepEqual(
          bob.events
            .of('account.state')
            .slice(states)
            .filter(({ state }) => state !== 'online'),
          [],
        );
      });
    });
  },
);

test('what another program does with the chats of a parked account is told', needs('delivery events'), async () => {
  await receiving(async ({ desk }) => {
    await withParkedBob(desk, async (bob) => {
      const earlier = bob.events.all.length;
      const imap = await bob.imap();
      await imap.command('SELECT COI/Chats');
      await imap.command('STORE 1 +FLAGS (\\Seen)');
      await imap.logout();
      const told = () =>
        bob.events.all
          .slice(earlier)
          .some(({ event, data }) => event === 'mailbox.changed' && data.mailbox === 'COI/Chats');
      await until(async () => told(), 'the change');
    });
  });
});

test(
  'mail whose event was lost is found at the next look, and the events are no longer relied upon',
  needs('delivery events'),
  async () => {
    await receiving(async ({ desk }) => {
      await withParkedBob(desk, async (bob) => {
        const deaf = new LocalDeliveryDesk({ clock: systemClock, log: silentLogger });
        desk.tell = (issuer, notice) => deaf.tell(issuer, notice);
        const id = chatId('elsewhere.test');
        await fromOutside(bob, { 'Message-ID': `<${id}>` });
        await hasMails(bob, 1);
        assert.equal(desk.isReliable('test'), true);
        await bob.account.describe();
        await bob.events.next('message.arrived', ({ message }) => textOf(message.bytes).includes(id));
        assert.equal(desk.isReliable('test'), false);
      });
    });
  },
);

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(stack.info.ports.delivery, stack.info.host, resolve));
  return server;
}

test(
  'without an engine mail is delivered as ever, and bob is told by his mail server',
  needs('delivery events'),
  async () => {
    const desk = new LocalDeliveryDesk({ clock: systemClock, log: silentLogger });
    const bob = await person({ stack, stop: async () => undefined }, { deps: { delivery: desk } });
    try {
      await bob.account.call('mode.set', { mode: 'active' });
      await fromOutside(bob);
      await bob.events.next('message.arrived');
    } finally {
      await bob.stop();
    }
  },
);

/** Straight to Dovecot: the answer to the final dot comes when the mail lies in the mailbox. */
function byLmtp(to: User): Promise<string> {
  const from = 'erin@elsewhere.test';
  const message = mail({ From: from, To: to.address, 'Message-ID': `<${chatId('elsewhere.test')}>` });
  return sendMail({ port: stack.info.ports.lmtp, from, to: [to.address], message, greeting: 'LHLO' });
}

test('a defect in the driver costs no mail and no answer', needs('delivery events'), async () => {
  const file = `${stack.info.runDir}/delivery/coi-delivery.lua`;
  const driver = await readFile(file, 'utf8');
  const defects = [
    ['name = user.username', 'name = user.username.nothing.at.all'],
    ["local key = kind .. ' '", 'local key = nil .. kind'],
    ['local body = ', 'local body = nil .. '],
    ['-- Tells', 'this is not Lua'],
  ] as const;
  try {
    for (const [sound, broken] of defects) {
      assert.ok(driver.includes(sound));
      await writeFile(file, driver.replace(sound, broken));
      const bob = await stack.freshUser();
      // An LMTP process that ends before its answer lets Postfix deliver again.
      assert.match(await byLmtp(bob), /^250 /, sound);
    }
  } finally {
    await writeFile(file, driver);
  }
});

test('an engine that hangs holds a delivery up for less than a second', needs('delivery events'), async () => {
  const silent = await listening(createServer(() => undefined));
  try {
    const bob = await stack.freshUser();
    const startedAt = performance.now();
    await byLmtp(bob);
    assert.ok(performance.now() - startedAt < 1_000);
  } finally {
    silent.close();
  }
});
