/** Sign-on, cookies, origins and signing out, over HTTP. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { CLOSE, type SignedOn } from '@coi-webmail/protocol';
import { PAGE_ORIGIN, TestEngine } from './server.fixture.ts';

let engine: TestEngine;
before(async () => {
  engine = await TestEngine.start();
});
after(() => engine.stop());

const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

test('a plugin redeems a ticket and gets the cookie that it sets for its user', async () => {
  const signedOn = await engine.signOn('alice');
  assert.equal(signedOn.address, 'alice@a.test');
  assert.deepEqual(Object.keys(signedOn.cookie ?? {}).toSorted(), ['maxAgeSeconds', 'name', 'path', 'value']);
  assert.equal(signedOn.cookie?.path, `/coi/a/${signedOn.accountHash}/`);
  assert.equal(Buffer.from(signedOn.storageShare, 'base64').length, 32);
  const response = await fetch(engine.url(`a/${signedOn.accountHash}/session`), { headers: signedOn.headers });
  const again = (await response.json()) as SignedOn;
  assert.equal(again.address, 'alice@a.test');
  assert.equal(again.cookie, undefined);
  assert.ok(!JSON.stringify(again).includes(signedOn.value));
});

test('a page signs on by password and gets a cookie that no script can read', async () => {
  const body = { address: 'Alice@a.test', password: 'right' };
  const response = await engine.post('session', body, { origin: engine.origin });
  assert.equal(response.status, 200);
  assert.match(
    response.headers.getSetCookie()[0] ?? '',
    /^coi_session_[0-9a-f]{16}=[\w-]{43}; Path=\/coi\/a\/[0-9a-f]{16}\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
  );
  assert.equal(((await response.json()) as SignedOn).cookie, undefined);
  const refused = await engine.post('session', { ...body, password: 'wrong' }, { origin: engine.origin });
  assert.deepEqual([refused.status, await errorOf(refused)], [401, 'auth-failed']);
});

test('users of the webmail who have no chat here do not lock out the others', async () => {
  const own = await TestEngine.start({ settings: { rateLimits: { failedTicketsPerIp: 2 } } });
  const foreign = async () => own.ticket('dave', { claims: { address: 'dave@elsewhere.test' } });
  for (let tries = 0; tries < 4; tries += 1) {
    assert.equal((await own.post('session', { ticket: await foreign() })).status, 403);
  }
  assert.equal((await own.post('session', { ticket: await own.ticket('alice') })).status, 200);
  for (let tries = 0; tries < 2; tries += 1) await own.post('session', { ticket: 'no.ticket.at.all.' });
  assert.equal((await own.post('session', { ticket: await own.ticket('alice') })).status, 429);
  await own.stop();
});

test('behind a trusted proxy that speaks https the cookie is Secure', async () => {
  const proxied = await TestEngine.start({ settings: { trustedProxies: ['127.0.0.1'] } });
  const headers = { origin: `https://127.0.0.1:${proxied.engine.port}`, 'x-forwarded-proto': 'https' };
  const response = await proxied.post('session', { address: 'alice@a.test', password: 'right' }, headers);
  assert.match(response.headers.getSetCookie()[0] ?? '', /; Secure$/);
  await proxied.stop();
});

test('a page on another configured origin gets a token instead of a cookie, and CORS for that origin alone', async () => {
  const body = { ticket: await engine.ticket('alice'), token: true };
  const response = await engine.post('session', body, { origin: PAGE_ORIGIN });
  assert.equal(response.headers.get('access-control-allow-origin'), PAGE_ORIGIN);
  assert.equal(response.headers.get('access-control-allow-credentials'), null);
  assert.deepEqual(response.headers.getSetCookie(), []);
  const { token = '', ...signedOn } = (await response.json()) as SignedOn;
  const path = engine.url(`a/${signedOn.accountHash}/session`);
  assert.equal((await fetch(path, { headers: { authorization: `Bearer ${token}`, origin: PAGE_ORIGIN } })).status, 200);
  const session = { ...signedOn, value: token, headers: {} };
  const protocols = ['coi.1', `coi.token.${token}`];
  const socket = await engine.open(session, { protocols, origin: PAGE_ORIGIN });
  assert.equal((await socket.hello(session)).account.address, 'alice@a.test');
  const preflight = await fetch(path, { method: 'OPTIONS', headers: { origin: PAGE_ORIGIN } });
  assert.deepEqual(
    [preflight.status, preflight.headers.get('access-control-allow-headers')],
    [204, 'Authorization, Content-Type, Range'],
  );
});

const foreign: [string, Readonly<Record<string, string>>][] = [
  ['a foreign origin', { origin: 'https://evil.test' }],
  ['an opaque origin', { origin: 'null' }],
  ['our host under another scheme', { origin: 'https://127.0.0.1' }],
  ['a cross-site request that hides its origin', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling site', { 'sec-fetch-site': 'same-site' }],
];
for (const [what, headers] of foreign) {
  test(`${what} is refused on every route`, async () => {
    const { accountHash, headers: cookie } = await engine.signOn('alice');
    const tries = [
      engine.post('session', { ticket: await engine.ticket('alice') }, headers),
      engine.post('file', { ticket: await engine.ticket('alice'), deadlineMs: 100 }, headers),
      engine.post(`a/${accountHash}/submit`, {}, { ...headers, ...cookie }),
      fetch(engine.url(`a/${accountHash}/session`), { method: 'DELETE', headers: { ...headers, ...cookie } }),
      fetch(engine.url(`a/${accountHash}/raw?mailbox=INBOX&uidValidity=1&uid=1`), {
        headers: { ...headers, ...cookie },
      }),
    ];
    for (const response of await Promise.all(tries)) {
      assert.deepEqual([response.status, await errorOf(response)], [403, 'permission-denied']);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
    }
  });
}

test('a ticket is redeemed once', async () => {
  const ticket = await engine.ticket('alice');
  assert.equal((await engine.post('session', { ticket })).status, 200);
  assert.equal((await engine.post('session', { ticket })).status, 401);
});

test('tickets that nobody may use are refused with words and without a secret', async () => {
  for (const [claims, status] of [
    [{ exp: 1 }, 401],
    [{ imap: { host: '10.1.1.1', port: 10143 } }, 403],
    [{ address: 'alice@elsewhere.test' }, 403],
    [{ jti: 'short' }, 400],
  ] as const) {
    const response = await engine.post('session', { ticket: await engine.ticket('alice', { claims }) });
    const text = await response.text();
    assert.equal(response.status, status);
    assert.match(text, /"message":"[A-Z]/);
    assert.ok(!text.includes('alice'));
  }
});

test('the cookie of one account opens nothing of another, under whatever name', async () => {
  const [alice, bob] = [await engine.signOn('alice'), await engine.signOn('bob')];
  const path = engine.url(`a/${bob.accountHash}/session`);
  const renamed = { cookie: `coi_session_${bob.accountHash}=${alice.value}` };
  assert.equal((await fetch(path, { headers: alice.headers })).status, 401);
  assert.equal((await fetch(path, { headers: renamed })).status, 403);
  assert.equal((await fetch(path, { headers: {} })).status, 401);
  assert.equal((await fetch(path, { method: 'DELETE', headers: renamed })).status, 204);
  assert.equal((await fetch(engine.url(`a/${alice.accountHash}/session`), { headers: alice.headers })).status, 200);
});

test('signing out ends the session, its sockets and the account behind them', async () => {
  const session = await engine.signOn('carol');
  const socket = await engine.connect(session);
  const account = engine.account('carol');
  const path = engine.url(`a/${session.accountHash}/session`);
  const response = await fetch(path, { method: 'DELETE', headers: session.headers });
  assert.equal(response.status, 204);
  assert.match(response.headers.getSetCookie()[0] ?? '', /Max-Age=0/);
  assert.equal(await socket.closed, CLOSE.sessionEnded);
  assert.equal((await fetch(path, { headers: session.headers })).status, 401);
  assert.equal((await fetch(path, { method: 'DELETE', headers: session.headers })).status, 204);
  assert.equal(account.isStopped, true);
});

test('a fresh ticket prolongs the session of its user and brings the newest secret', async () => {
  const session = await engine.signOn('dave');
  const socket = await engine.connect(session);
  const again = await engine.signOn('dave', { claims: { secret: 'changed' } }, session.value);
  assert.equal(again.value, session.value);
  assert.equal(engine.account('dave').credentials.secret, 'changed');
  await socket.eventCount(1);
  assert.deepEqual(socket.events[0], { event: 'session.expires', seq: 0, data: { expiresAt: again.expiresAt } });
});

test('when another user signs on in the same webmail session, the session before ends', async () => {
  const alice = await engine.signOn('alice');
  const socket = await engine.connect(alice);
  const bob = await engine.signOn('bob', {}, alice.value);
  assert.notEqual(bob.value, alice.value);
  assert.equal(await socket.closed, CLOSE.sessionEnded);
});

test('bodies that are no JSON, too large or of a form are refused', async () => {
  const post = (body: string, type = 'application/json') =>
    fetch(engine.url('session'), { method: 'POST', headers: { 'content-type': type }, body });
  assert.equal((await post('{')).status, 400);
  assert.equal((await post('{"ticket":5}')).status, 400);
  assert.equal((await post('{"ticket":"x"}', 'text/plain')).status, 400);
  const large = await post(`{"ticket":"${'x'.repeat(100_000)}"}`).catch(() => undefined);
  assert.ok(large === undefined || large.status === 413);
});

test('the webmail asks to file with a ticket and learns the marks', async () => {
  const response = await engine.post('file', { ticket: await engine.ticket('alice'), deadlineMs: 150 });
  assert.deepEqual(await response.json(), { done: true, mode: 'active', keywords: true, marks: [] });
  const wrong = await engine.post('file', { ticket: await engine.ticket('alice'), deadlineMs: 60_000 });
  assert.equal(wrong.status, 400);
});

test('what does not exist is not there, and health is told', async () => {
  const health = await fetch(engine.url('healthz'));
  assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
  for (const path of ['', 'nothing', 'a/xyz/session', '../etc/passwd']) {
    assert.equal((await fetch(engine.url(path))).status, 404);
  }
  assert.equal((await fetch(`${engine.origin}/elsewhere`)).status, 404);
});
