/** Fails when a schema changes and the version does not: the wire is a promise to clients that are already open. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { EVENTS } from './events.ts';
import { METHODS } from './methods.ts';
import { PROTOCOL_MINIMUM, PROTOCOL_VERSION } from './version.ts';

/** version -> digest of all schemas. An entry of a released version never changes. */
const DIGESTS: Readonly<Record<number, string>> = {
  1: '178aa00d01e5f57e',
};

/** The shape of a valibot schema as plain JSON: types, keys and literal limits, no functions. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value instanceof RegExp) return String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  const entries = Object.entries(value).filter(
    ([key]) => key !== '~standard' && key !== 'expects' && key !== 'message',
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, shape(inner)]));
}

test('the schemas belong to the version', () => {
  const digest = createHash('sha256')
    .update(JSON.stringify(shape({ METHODS, EVENTS })))
    .digest('hex')
    .slice(0, 16);
  assert.equal(
    digest,
    DIGESTS[PROTOCOL_VERSION],
    'schemas changed: raise PROTOCOL_VERSION (released) or update its digest (not yet)',
  );
  assert.ok(PROTOCOL_MINIMUM <= PROTOCOL_VERSION);
});
