/** Looking often: the watch connection between IDLE and IDLE, on a real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sendMail, until } from '@coi-webmail/e2e/stack';
import { issuerOf, type LiveStack, liveStack, mail } from '../account/account.fixture.ts';
import { Watch } from './watch.ts';

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

test('while it looks it does not idle, hears of mail by the next look, and idles again at rest', async () => {
  const bob = await live.stack.freshUser();
  await live.stack.startImapTrace(bob.address);
  const names = async () => (await live.stack.imapTrace(bob.address)).map(({ name }) => name);
  let arrivals = 0;
  const nothing = () => undefined;
  const { imap } = await issuerOf(live);
  const watch = await Watch.open(
    imap,
    { login: bob.address, secret: bob.password, auth: 'password' },
    {
      arrived: () => (arrivals += 1),
      flags: nothing,
      expunged: nothing,
      read: nothing,
      gone: nothing,
      validity: nothing,
      changed: nothing,
      listed: nothing,
    },
  );
  try {
    const { idle } = watch.capabilities;
    if (idle) await until(async () => (await names()).includes('IDLE'), 'the first IDLE');
    await watch.look();
    const earlier = (await names()).length;
    const message = mail({ From: 'erin@elsewhere.test', To: bob.address, 'Message-ID': '<look@elsewhere.test>' });
    const { inject } = live.stack.info.ports;
    await sendMail({ port: inject, from: 'erin@elsewhere.test', to: [bob.address], message });
    // Two at once, as a page that sends and types at the same time may ask.
    await until(async () => {
      await Promise.all([watch.look(), watch.look()]);
      return arrivals > 0;
    }, 'the mail');
    const during = (await names()).slice(earlier);
    assert.ok(during.length > 0 && during.every((name) => name === 'NOOP'), during.join(' '));
    await watch.rest();
    if (idle) await until(async () => (await names()).at(-1) === 'IDLE', 'IDLE at rest');
    assert.equal(arrivals, 1);
  } finally {
    watch.close();
  }
});

test('a look that nobody repeats leads back to IDLE by itself', async (t) => {
  const bob = await live.stack.freshUser();
  await live.stack.startImapTrace(bob.address);
  const names = async () => (await live.stack.imapTrace(bob.address)).map(({ name }) => name);
  const nothing = () => undefined;
  const { imap } = await issuerOf(live);
  const watch = await Watch.open(
    imap,
    { login: bob.address, secret: bob.password, auth: 'password' },
    {
      arrived: nothing,
      flags: nothing,
      expunged: nothing,
      read: nothing,
      gone: nothing,
      validity: nothing,
      changed: nothing,
      listed: nothing,
    },
  );
  try {
    if (!watch.capabilities.idle) {
      t.skip('this server has no IDLE');
      return;
    }
    await watch.look();
    await until(async () => (await names()).at(-1) === 'IDLE', 'IDLE');
  } finally {
    watch.close();
  }
});
