import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { makeTicket } from '../fixture/ticket.ts';
import { story, useStage } from '../fixture/stage.ts';
import { signOn, Wire } from '../fixture/wire.ts';
import { StandalonePage } from '../page/standalone.ts';
import type { StackInfo } from '../stack/info.ts';

const stage = useStage();

/** Server to server, as a plugin does: no Origin. */
async function redeem(
  info: StackInfo,
  ticket: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(new URL('session', info.urls.engine), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ticket }),
  });
}

async function isHealthy(info: StackInfo): Promise<boolean> {
  return (await fetch(new URL('healthz', info.urls.engine))).ok;
}

story(stage, 'a wrong password is answered with a sentence, and the right one then works', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const standalone = await StandalonePage.open(await scene.newBrowser(), info);
  await standalone.fillSignIn({ ...alice, password: 'not-it' });
  await standalone.page.getByText('Address or password is not right').waitFor();
  await standalone.fillSignIn(alice);
  await standalone.chat.app.waitFor();
});

story(stage, 'an address of a domain that no issuer vouches for cannot sign on', async (scene) => {
  const guest = await scene.person('guest');
  const standalone = await StandalonePage.open(await scene.newBrowser(), scene.stack.info);
  await standalone.fillSignIn(guest);
  await standalone.page
    .getByText(/does not belong to a mail server of this service|Address or password is not right/)
    .waitFor();
});

story(stage, 'a ticket signs its user on, and only once', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const ticket = makeTicket(info, alice);
  const first = await redeem(info, ticket);
  assert.equal(first.status, 200);
  const signedOn = (await first.json()) as { address: string; cookie?: { value: string } };
  assert.equal(signedOn.address, alice.address);
  assert.ok(signedOn.cookie?.value);
  assert.equal((await redeem(info, ticket)).status, 401);
});

const NOW_S = () => Math.floor(Date.now() / 1000);
const REFUSED_TICKETS = {
  'an expired ticket': () => ({ iat: NOW_S() - 200, exp: NOW_S() - 120 }),
  'a ticket that lives too long': () => ({ exp: NOW_S() + 3600 }),
  'a ticket for an unknown host': () => ({ imap: { host: '127.0.0.2', port: 143 } }),
  'a ticket for another port of the mail host': () => ({ imap: { host: '127.0.0.1', port: 25 } }),
  'a ticket of an unknown issuer': () => ({ iss: 'somebody-else' }),
  'a ticket for an address of another domain': () => ({ address: 'alice@elsewhere.test' }),
} as const;

for (const [what, changes] of Object.entries(REFUSED_TICKETS)) {
  story(stage, `${what} is refused`, async (scene) => {
    const alice = await scene.person();
    const { info } = scene.stack;
    const response = await redeem(info, makeTicket(info, alice, changes()));
    assert.ok([400, 401, 403].includes(response.status), `answered ${response.status}`);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.match(error.message, /^[A-Z]/);
    assert.ok(!JSON.stringify(error).includes(alice.password));
  });
}

story(stage, 'a ticket that was sealed with another key, or tampered with, is refused', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const foreign = makeTicket(info, alice, {}, randomBytes(32).toString('base64'));
  assert.equal((await redeem(info, foreign)).status, 401);
  const [head, empty, iv, text = '', tag] = makeTicket(info, alice).split('.');
  const changed = `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`;
  assert.equal((await redeem(info, [head, empty, iv, changed, tag].join('.'))).status, 401);
});

story(stage, "a ticket with another user's password is refused by the mail server", async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const response = await redeem(info, makeTicket(info, { ...bob, password: `${alice.password}-not-bobs` }));
  // Either at once or with the first socket, but never with a look into bob's mailbox.
  if (response.status === 200) {
    const signedOn = (await response.json()) as { accountHash: string; cookie: { name: string; value: string } };
    const cookie = `${signedOn.cookie.name}=${signedOn.cookie.value}`;
    const session = {
      ...signedOn,
      address: bob.address,
      expiresAt: 0,
      storageShare: '',
      engineUrl: info.urls.engine,
      cookie,
    };
    const wire = await Wire.open(session);
    const answer = await wire
      .call('hello', { protocol: 1, accountHash: signedOn.accountHash })
      .catch((error: Error) => error);
    assert.ok(answer instanceof Error || answer.account.state === 'auth-failed' || answer.mailboxes.length === 0);
    wire.close();
  } else assert.equal(response.status, 401);
});

story(stage, 'a ticket for another user does not take over a session that is there', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const ofAlice = await signOn(info.urls.engine, alice);
  const session = ofAlice.cookie.split('=')[1] ?? '';
  const response = await fetch(new URL('session', info.urls.engine), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ticket: makeTicket(info, bob), session }),
  });
  const answer = (await response.json()) as { accountHash?: string; cookie?: { value: string } };
  if (response.ok) {
    assert.notEqual(answer.accountHash, ofAlice.accountHash);
    assert.notEqual(answer.cookie?.value, session);
  }
  const path = new URL(`a/${ofAlice.accountHash}/session`, info.urls.engine);
  const known = (await (await fetch(path, { headers: { cookie: ofAlice.cookie } })).json()) as { address?: string };
  assert.notEqual(known.address, bob.address);
});

story(stage, 'a page of a foreign origin gets neither session nor socket', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const foreign = { origin: 'https://evil.test' };
  const response = await redeem(info, makeTicket(info, alice), foreign);
  assert.equal(response.status, 403);
  const session = await signOn(info.urls.engine, alice);
  await assert.rejects(Wire.open(session, foreign), /refused/);
  const wire = await Wire.connect(session);
  wire.close();
});

story(stage, 'the cookie of one account opens nothing of another', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const [ofAlice, ofBob] = [await signOn(info.urls.engine, alice), await signOn(info.urls.engine, bob)];
  const value = ofAlice.cookie.split('=')[1] ?? '';
  const renamed = `${ofBob.cookie.split('=')[0]}=${value}`;
  for (const cookie of [ofAlice.cookie, renamed]) {
    const opened = await Wire.open(ofBob, { cookie }).catch(() => undefined);
    const closed =
      opened === undefined
        ? 4003
        : await Promise.race([
            opened.call('hello', { protocol: 1, accountHash: ofBob.accountHash }).then(
              () => 0,
              () => opened.closed,
            ),
            opened.closed,
          ]);
    assert.ok([4001, 4003].includes(closed), `closed with ${closed}`);
    const answer = await fetch(new URL(`a/${ofBob.accountHash}/session`, info.urls.engine), { headers: { cookie } });
    assert.ok([401, 403].includes(answer.status), `answered ${answer.status}`);
  }
});

story(
  stage,
  'frames that are too large, no frames, or too early close their socket, and the engine stays up',
  async (scene) => {
    const alice = await scene.person();
    const { info } = scene.stack;
    const session = await signOn(info.urls.engine, alice);
    const odd: readonly (string | Uint8Array<ArrayBuffer>)[] = [
      'no frame at all',
      '{"id":1,"method":"mailbox.sync","params":{"mailbox":"INBOX"}}',
      new Uint8Array([255, 255, 255, 255, 0]),
      new Uint8Array(64 * 1024 * 1024),
    ];
    for (const frame of odd) {
      const wire = await Wire.open(session);
      wire.send(frame);
      assert.ok([1002, 1006, 1008, 1009, 4009].includes(await wire.closed));
      assert.ok(await isHealthy(info));
    }
    const wire = await Wire.connect(session);
    wire.close();
  },
);

story(stage, 'after sign-out the cookie is worth nothing', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const session = await signOn(info.urls.engine, alice);
  const wire = await Wire.connect(session);
  const path = new URL(`a/${session.accountHash}/session`, info.urls.engine);
  const headers = { cookie: session.cookie, origin: new URL(info.urls.engine).origin };
  assert.ok((await fetch(path, { method: 'DELETE', headers })).ok);
  assert.equal(await wire.closed, 4001);
  assert.equal((await fetch(path, { headers })).status, 401);
});
