import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { seeded } from './mail.fixture.ts';
import { sha256 } from './sha256.ts';

test('our SHA-256 is SHA-256, around every block border', () => {
  const random = seeded(6);
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, () => random(256));
    assert.deepEqual(Buffer.from(sha256(bytes)), createHash('sha256').update(bytes).digest());
  }
});
