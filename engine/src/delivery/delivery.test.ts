/** Delivery events from the request to the account, without a mail server. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { type LogFields, type Logger, silentLogger } from '@coi-webmail/base';
import { LocalDeliveryDesk } from './desk.ts';
import type { DeliveryHint, DeliveryNotice } from './hint.ts';
import { startDeliveryServer } from './server.ts';

const keys = { webmail: new Uint8Array(randomBytes(32)), other: new Uint8Array(randomBytes(32)) };
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const notice = {
  user: 'Alice@A.test',
  changes: [{ kind: 'delivered', mailbox: 'INBOX', uidValidity: '17', uid: 4 }],
};

class FakeClock {
  at = 1_000_000;
  now = () => this.at;
  after = () => () => undefined;
}

function desk(log: Logger = silentLogger) {
  const clock = new FakeClock();
  return { clock, desk: new LocalDeliveryDesk({ clock, log }) };
}

async function withServer(
  work: (post: (key: string | undefined, body: string) => Promise<Response>, told: unknown[][]) => Promise<void>,
  log: Logger = silentLogger,
): Promise<void> {
  const told: unknown[][] = [];
  const server = await startDeliveryServer({
    listen: { host: '127.0.0.1', port: 0 },
    sources: [
      { name: 'webmail', deliveryKey: keys.webmail },
      { name: 'other', deliveryKey: keys.other },
      { name: 'without', deliveryKey: undefined },
    ],
    onNotice: (issuer, { user, hints }) => told.push([issuer, user, hints]),
    log,
  });
  const post = (key: string | undefined, body: string) =>
    fetch(`http://127.0.0.1:${server.port}/delivery`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body,
    });
  try {
    await work(post, told);
  } finally {
    await server.stop();
  }
}

test("a mail server's event names its issuer by the key", async () => {
  await withServer(async (post, told) => {
    const answer = await post(base64(keys.other), JSON.stringify(notice));
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('connection'), 'close');
    assert.deepEqual(told, [['other', 'Alice@A.test', [{ kind: 'delivered', mailbox: 'INBOX' }]]]);
  });
});

const refused: [string, string | undefined, string, number][] = [
  ['without a key', undefined, JSON.stringify(notice), 403],
  ['with a wrong key', base64(randomBytes(32)), JSON.stringify(notice), 403],
  ['with an empty key', '', JSON.stringify(notice), 403],
  ['with the start of a key', base64(keys.webmail.slice(0, 16)), JSON.stringify(notice), 403],
  ['that is no JSON', base64(keys.webmail), '{', 400],
  ['without a user', base64(keys.webmail), '{"changes":[]}', 400],
  ['of an unknown kind', base64(keys.webmail), '{"user":"a","changes":[{"kind":"x","mailbox":"INBOX"}]}', 400],
  ['with too many changes', base64(keys.webmail), `{"user":"a","changes":[${Array(201).fill('0').join()}]}`, 400],
  ['that is too large', base64(keys.webmail), `{"user":"${'a'.repeat(70_000)}"}`, 413],
];
for (const [what, key, body, status] of refused) {
  test(`an event ${what} is refused and reaches nobody`, async () => {
    await withServer(async (post, told) => {
      assert.equal((await post(key, body)).status, status);
      assert.deepEqual(told, []);
    });
  });
}

test('a refused event leaves no address and no key in the log', async () => {
  const lines: [string, LogFields | undefined][] = [];
  const log = { ...silentLogger, info: (event: string, fields?: LogFields) => void lines.push([event, fields]) };
  await withServer(async (post) => void (await post(base64(randomBytes(32)), JSON.stringify(notice))), log);
  assert.deepEqual(lines, [['delivery-event-refused', { status: 403 }]]);
});

const hints: DeliveryHint[] = [{ kind: 'delivered', mailbox: 'INBOX' }];
const toAlice: DeliveryNotice = { user: 'Alice@A.test', hints };

test('alice hears of her mail under login and address, and others do not', () => {
  const { desk: ours } = desk();
  const heard: string[] = [];
  ours.listen('webmail', ['alice@a.test', 'alice'], { hint: () => heard.push('alice') });
  ours.listen('webmail', ['bob@a.test'], { hint: () => heard.push('bob') });
  ours.listen('other', ['alice@a.test'], { hint: () => heard.push("alice of another webmail's") });
  assert.equal(ours.tell('webmail', toAlice), true);
  assert.equal(ours.tell('webmail', { user: 'ALICE', hints }), true);
  assert.equal(ours.tell('webmail', { user: 'carol@a.test', hints }), false);
  assert.deepEqual(heard, ['alice', 'alice']);
});

test('who left hears nothing', () => {
  const { desk: ours } = desk();
  const heard: string[] = [];
  const leave = ours.listen('webmail', ['alice@a.test'], { hint: () => heard.push('first') });
  ours.listen('webmail', ['alice@a.test'], { hint: () => heard.push('second') });
  leave();
  ours.tell('webmail', toAlice);
  assert.deepEqual(heard, ['second']);
});

test('events are relied upon from the first one for a live account until one is missing', () => {
  const { desk: ours, clock } = desk();
  let wakes = 0;
  ours.tell('webmail', toAlice);
  assert.equal(ours.isReliable('webmail'), false, 'nobody could tell whether it was right');
  ours.listen('webmail', ['alice@a.test', 'alice'], { hint: () => undefined, distrust: () => (wakes += 1) });
  ours.tell('webmail', toAlice);
  assert.deepEqual([ours.isReliable('webmail'), ours.isReliable('other')], [true, false]);
  ours.missed('webmail');
  ours.missed('webmail');
  assert.equal(wakes, 1);
  ours.tell('webmail', toAlice);
  assert.equal(ours.isReliable('webmail'), false, 'on probation');
  clock.at += 10 * 60_000;
  assert.equal(ours.isReliable('webmail'), true);
});
