import assert from 'node:assert/strict';
import test from 'node:test';
import { CoiError, systemClock } from '@coi-webmail/base';
import { TestClock } from './auth/auth.fixture.ts';
import { createLogger } from './log.ts';
import { TestEngine } from './server/server.fixture.ts';

function recorder(level: 'debug' | 'warn' = 'debug') {
  const lines: string[] = [];
  const log = createLogger({ level, clock: new TestClock(0), write: (line) => lines.push(line) });
  return { lines, log };
}

test('a line is one JSON object with time, level, event and fields', () => {
  const { lines, log } = recorder();
  log.info('signed-on', { kind: 'host', count: 2, isNew: true, gone: undefined });
  assert.deepEqual(lines, [
    '{"at":"1970-01-01T00:00:00.000Z","level":"info","event":"signed-on","kind":"host","count":2,"isNew":true}\n',
  ]);
});

test('lines below the level are not written', () => {
  const { lines, log } = recorder('warn');
  log.info('x');
  log.error('y');
  assert.equal(lines.length, 1);
});

test('what is no short word of ours is withheld', () => {
  const { lines, log } = recorder();
  const texts = ['alice@a.test', 'Dear Bob', 'COI/Chats', '<chat$1@a.test>', 'x'.repeat(43), 'tab\there', 'Größe'];
  for (const text of texts) {
    log.warn('event', { text });
    log.warn(text);
  }
  for (const line of lines) assert.match(line, /withheld/);
  for (const text of texts) assert.ok(!lines.join('').includes(JSON.stringify(text)));
});

test('no address, secret, ticket, cookie or text gets into the log, whatever goes well or wrong', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', clock: systemClock, write: (line) => lines.push(line) });
  const engine = await TestEngine.start({ log });
  const ticket = await engine.ticket('alice');
  await engine.post('session', { ticket });
  await engine.post('session', { ticket });
  await engine.post('session', { ticket: `${ticket}x` });
  await engine.post('session', { address: 'alice@a.test', password: 'hunter2secret' }, { origin: engine.origin });
  await engine.post('session', { address: 'alice@a.test', password: 'right' }, { origin: engine.origin });
  const session = await engine.signOn('alice', {});
  const socket = await engine.connect(session);
  const account = engine.account('alice');
  const confess = (method: 'storage.get' | 'mode.set', error: Error) => {
    account.answers[method] = () => Promise.reject(error);
  };
  confess('storage.get', new Error('alice@a.test with alice-password wrote Dear Bob'));
  confess('mode.set', new CoiError('smtp-unavailable', 'alice@a.test', { details: { to: 'bob@a.test' } }));
  await assert.rejects(socket.call('storage.get', { kind: 'drafts' }));
  await assert.rejects(socket.call('mode.set', { mode: 'none' }));
  await assert.rejects(socket.call('Dear-Bob', { text: 'Dear Bob' }));
  await fetch(engine.url(`a/${session.accountHash}/raw?mailbox=Dear-Bob&uidValidity=1&uid=1`), {
    headers: session.headers,
  });
  await fetch(engine.url(`a/${session.accountHash}/session`), { method: 'DELETE', headers: session.headers });
  await socket.closed;
  await engine.stop();
  const text = lines.join('');
  for (const event of ['signed-on', 'signed-off', 'http-refused', 'request-failed', 'request-refused', 'stopped']) {
    assert.match(text, new RegExp(`"event":"${event}"`));
  }
  const secrets = [
    'alice',
    'bob',
    'Bob',
    'a.test',
    'alice-password',
    'hunter2',
    ticket,
    session.value,
    session.storageShare,
  ];
  for (const secret of [...secrets, session.accountHash]) assert.ok(!text.includes(secret), `the log holds ${secret}`);
});
