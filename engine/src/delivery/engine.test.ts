/** The way of a delivery event through a whole engine process: from its port to the account of its issuer. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { isCoiError, silentLogger, systemClock } from '@coi-webmail/base';
import type { CreateAccount } from '../account/service.ts';
import { makeIssuer, makeTicket } from '../auth/auth.fixture.ts';
import { readConfig } from '../config.ts';
import { LocalHub } from '../hub/local-hub.ts';
import { type Engine, startEngine } from '../server/engine.ts';
import { PlayedAccount } from '../server/server.fixture.ts';
import { MemoryStore } from '../store/memory-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'coi-delivery-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const key = randomBytes(32).toString('base64');
writeFileSync(join(folder, 'delivery.key'), key);

const issuer = makeIssuer();
const secret = Buffer.from(issuer.ticketSecret ?? []).toString('base64');
const { name, domains, imap, smtp } = issuer;
const settings = (port: number, withKey = true) => ({
  deliveryEvents: { port },
  issuers: [{ name, domains, imap, smtp, secret, ...(withKey ? { deliveryKeyFile: 'delivery.key' } : {}) }],
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function start(port: number, createAccount: CreateAccount): Promise<Engine> {
  const config = { ...readConfig(settings(port), {}, folder), listen: { host: '127.0.0.1', port: 0 } };
  const store = new MemoryStore();
  const hub = new LocalHub({ clock: systemClock, log: silentLogger, leases: store });
  const parts = { config, store, hub, clock: systemClock, log: silentLogger };
  return startEngine({ ...parts, createAccount, verifyLogin: async () => undefined });
}

test('an event reaches the account of its issuer and user, and no page can send one', async () => {
  const heard: unknown[] = [];
  const port = await freePort();
  const engine = await start(port, (identity, credentials, deps) => {
    deps.delivery?.listen(identity.issuer.name, [identity.address], { hint: (hint) => heard.push(hint) });
    return new PlayedAccount(identity, credentials);
  });
  try {
    const ticket = await makeTicket(issuer, 'alice', { nowAt: Date.now() });
    const post = (url: string, body: unknown, headers = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const filed = await post(`http://127.0.0.1:${engine.port}/coi/file`, { ticket, deadlineMs: 50 });
    assert.equal(filed.status, 200);

    const event = { user: `alice@${domains[0]}`, changes: [{ kind: 'delivered', mailbox: 'INBOX' }] };
    const bearer = { authorization: `Bearer ${key}` };
    assert.equal((await post(`http://127.0.0.1:${port}/delivery`, event, bearer)).status, 204);
    assert.deepEqual(heard, [{ kind: 'delivered', mailbox: 'INBOX' }]);
    assert.equal((await post(`http://127.0.0.1:${engine.port}/coi/delivery`, event, bearer)).status, 404);
    assert.equal(heard.length, 1);
  } finally {
    await engine.stop();
  }
  await assert.rejects(fetch(`http://127.0.0.1:${port}/delivery`), 'the port is closed with the engine');
});

test('events without a key of any issuer, or at a port that is taken, are no configuration', async () => {
  const play: CreateAccount = (identity, credentials) => new PlayedAccount(identity, credentials);
  assert.throws(
    () => readConfig(settings(8091, false), {}, folder),
    (error) => isCoiError(error, 'invalid-config') && error.message.includes('deliveryKeyFile'),
  );
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  try {
    await assert.rejects(start((taken.address() as AddressInfo).port, play), /^CoiError: Setting deliveryEvents names/);
  } finally {
    taken.close();
  }
});
