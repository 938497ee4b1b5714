import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overview } from '@coi-webmail/client';
import { worstBanner } from './banner.ts';

const fine: Overview = {
  phase: 'ready',
  connection: 'online',
  retryAt: undefined,
  mail: 'online',
  address: 'alice@example.org',
  mode: 'active',
  syncProgress: undefined,
  unreadChats: 0,
  requestCount: 0,
  queuedCount: 0,
  limits: undefined,
  storage: 'durable',
  settings: { undoSeconds: 0 },
};
const calm = { consentPutOff: false, connectingLong: false };

test('when all is well there is no banner', () => assert.equal(worstBanner(fine, calm), undefined));

test('a changed password comes before everything else', () => {
  const bad: Overview = { ...fine, mail: 'auth-failed', connection: 'engine-unreachable', storage: 'full' };
  assert.equal(worstBanner(bad, calm), 'password-changed');
});

test('a browser that is offline says so, not that the engine is down', () => {
  assert.equal(worstBanner({ ...fine, connection: 'offline', mail: 'connecting' }, calm), 'offline');
});

test('a mail server that is down is told while the engine is up', () => {
  assert.equal(worstBanner({ ...fine, mail: 'unavailable' }, calm), 'mail-down');
});

test('connecting is told only when it takes long', () => {
  const connecting: Overview = { ...fine, connection: 'connecting' };
  assert.equal(worstBanner(connecting, calm), undefined);
  assert.equal(worstBanner(connecting, { ...calm, connectingLong: true }), 'connecting');
});

test('whoever put the question off can read and is told how to go on', () => {
  const open: Overview = { ...fine, phase: 'consent', mode: undefined };
  assert.equal(worstBanner(open, calm), undefined);
  assert.equal(worstBanner(open, { ...calm, consentPutOff: true }), 'not-set-up');
});
