import assert from 'node:assert/strict';
import test from 'node:test';
import type { User } from '@coi-webmail/e2e/stack';
import { newPerson, useStack } from './stack.fixture.ts';

const stack = useStack();

interface CookieSet {
  readonly name: string;
  readonly value: string;
  readonly attributes: string;
}

interface Answer {
  readonly status: number;
  readonly cacheControl: string;
  readonly body: string;
  readonly cookies: readonly CookieSet[];
}

interface SessionBody {
  readonly accountHash: string;
  readonly address: string;
  readonly storageShare: string;
  readonly expiresAt: number;
}

/** A browser's view of cookies, which the fixtures of the mail list do not need. */
class Visitor {
  readonly #base: string;
  readonly #cookies = new Map<string, string>();
  token = '';

  constructor(base: string) {
    this.#base = base;
  }

  static async signIn(user: User): Promise<Visitor> {
    const visitor = new Visitor(stack.shared.info.urls.webmail ?? '');
    visitor.token = /name="_token" value="([^"]+)"/.exec((await visitor.ask('?_task=login')).body)?.[1] ?? '';
    const form = { _task: 'login', _action: 'login', _user: user.address, _pass: user.password, _token: visitor.token };
    assert.equal((await visitor.ask('?_task=login', form)).status, 302);
    await visitor.page();
    return visitor;
  }

  async page(query = '?_task=mail'): Promise<string> {
    const { body } = await this.ask(query);
    this.token = /"request_token":"([^"]+)"/.exec(body)?.[1] ?? this.token;
    return body;
  }

  session(headers: Readonly<Record<string, string>> = { 'X-Roundcube-Request': this.token }): Promise<Answer> {
    return this.ask('?_task=mail&_action=plugin.coi.session', { _reason: 'signed-out', _remote: '1' }, headers);
  }

  /** What the engine makes of this browser's cookies. */
  async engine(path: string): Promise<number> {
    return (await this.ask(`coi/${path}`)).status;
  }

  async ask(
    query: string,
    form?: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(query, this.#base), {
      redirect: 'manual',
      headers: { cookie, ...headers },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    const cookies = response.headers.getSetCookie().map((line) => {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*);?\s*(.*)$/.exec(line) ?? [];
      return { name, value, attributes };
    });
    for (const { name, value } of cookies) {
      if (value === '-del-' || value === 'deleted' || value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const cacheControl = response.headers.get('cache-control') ?? '';
    return { status: response.status, cacheControl, body: await response.text(), cookies };
  }
}

test('alice, signed in to the webmail, is signed on to chat, and only the cookie holds the key', async () => {
  const alice = await newPerson(stack);
  const visitor = await Visitor.signIn(alice.user);
  const answer = await visitor.session();
  assert.equal(answer.status, 200, answer.body);
  const session = JSON.parse(answer.body) as SessionBody;
  assert.equal(session.address, alice.user.address);
  assert.deepEqual(Object.keys(session).sort(), ['accountHash', 'address', 'expiresAt', 'storageShare']);
  const cookie = answer.cookies.find(({ name }) => name.startsWith('coi_session'));
  assert.ok(cookie !== undefined);
  assert.match(cookie.attributes, /HttpOnly/i);
  assert.match(cookie.attributes, /SameSite=Strict/i);
  assert.match(cookie.attributes, new RegExp(`path=/coi/a/${session.accountHash}/`, 'i'));
  assert.ok(!answer.body.includes(cookie.value) && !answer.body.includes(alice.user.password));
  assert.equal(await visitor.engine(`a/${session.accountHash}/session`), 200);
});

test('a page that is rendered later knows the session at once, and a page before that does not', async () => {
  const alice = await newPerson(stack);
  const visitor = await Visitor.signIn(alice.user);
  assert.doesNotMatch(await visitor.page(), /"storageShare"/);
  const { storageShare } = JSON.parse((await visitor.session()).body) as SessionBody;
  const later = await visitor.ask('?_task=mail');
  assert.ok(later.body.includes(JSON.stringify(storageShare)));
  assert.match(later.cacheControl, /no-store/);
  assert.doesNotMatch(await visitor.page('?_task=mail&_action=show&_framed=1&_uid=1&_mbox=INBOX'), /"storageShare"/);
});

test('a sign-on is prolonged, not doubled', async () => {
  const alice = await newPerson(stack);
  const visitor = await Visitor.signIn(alice.user);
  const value = (answer: Answer) => answer.cookies.find(({ name }) => name.startsWith('coi_session'))?.value;
  const first = value(await visitor.session());
  assert.ok(first !== undefined);
  assert.equal(value(await visitor.session()), first);
});

test('a request from another site, by GET or without the token signs nobody on', async () => {
  const alice = await newPerson(stack);
  const visitor = await Visitor.signIn(alice.user);
  const token = visitor.token;
  const refused = async (answer: Promise<Answer>) => {
    const { status, body, cookies } = await answer;
    assert.ok(!body.includes('storageShare'));
    assert.ok(!cookies.some(({ name }) => name.startsWith('coi_session')));
    return status;
  };
  assert.equal(await refused(visitor.ask('?_task=mail&_action=plugin.coi.session')), 403);
  assert.equal(
    await refused(visitor.ask('?_task=mail&_action=plugin.coi.session', {}, { 'X-Roundcube-Request': token })),
    403,
  );
  assert.equal(await refused(visitor.session({ 'X-Roundcube-Request': 'guessed' })), 403);
  assert.equal(await refused(visitor.session({})), 403);
});

test('without a webmail session there is no chat session', async () => {
  const visitor = new Visitor(stack.shared.info.urls.webmail ?? '');
  const answer = await visitor.session({ 'X-Roundcube-Request': 'none' });
  assert.ok(!answer.body.includes('storageShare'));
});

test('signing out of the webmail ends the session on the engine and in the browser', async () => {
  const alice = await newPerson(stack);
  const visitor = await Visitor.signIn(alice.user);
  const answer = await visitor.session();
  const { accountHash } = JSON.parse(answer.body) as SessionBody;
  const cookie = answer.cookies.find(({ name }) => name.startsWith('coi_session'));
  const gone = await visitor.ask(`?_task=logout&_token=${visitor.token}`);
  const expired = gone.cookies.find(({ name }) => name === cookie?.name);
  assert.ok(expired !== undefined);
  assert.match(expired.attributes, new RegExp(`path=/coi/a/${accountHash}/`, 'i'));
  const stolen = await fetch(new URL(`coi/a/${accountHash}/session`, stack.shared.info.urls.webmail), {
    headers: { cookie: `${cookie?.name}=${cookie?.value}` },
  });
  assert.equal(stolen.status, 401);
});

test('whoever turns chat off gets a page without any of it', async () => {
  const alice = await newPerson(stack);
  const visitor = await Visitor.signIn(alice.user);
  assert.match(await visitor.page(), /layout-coi/);
  const form = { _section: 'coi_chat', _token: visitor.token, _framed: '1' };
  await visitor.ask('?_task=settings&_action=save-prefs', form);
  const page = await visitor.page();
  for (const trace of ['layout-coi', 'coi-toggle', 'button-coi', '"coi":']) assert.ok(!page.includes(trace), trace);
  assert.ok(!(await visitor.session()).body.includes('storageShare'));
});
