import assert from 'node:assert/strict';
import test from 'node:test';
import { isCoiError } from '@coi-webmail/base';
import { decodeFrame, encodeFrame } from './frame.ts';

test('an envelope without bytes is a text frame and comes back as it was', () => {
  const envelope = { id: 7, method: 'submit.warm', params: { a: [1, 'ä', null] } };
  const frame = encodeFrame(envelope);
  assert.equal(typeof frame, 'string');
  assert.deepEqual(decodeFrame(frame), envelope);
});

test('byte strings travel behind the head, in order, also empty ones', () => {
  const envelope = {
    id: 1,
    result: { a: new Uint8Array([1, 2, 3]), list: [{ b: new Uint8Array() }, { b: new Uint8Array([255]) }] },
  };
  const frame = encodeFrame(envelope);
  assert.ok(frame instanceof Uint8Array);
  assert.deepEqual(decodeFrame(frame), envelope);
});

test('a frame inside a larger buffer is read at its own offset', () => {
  const frame = encodeFrame({ event: 'x', seq: 1, data: { bytes: new Uint8Array([9, 8]) } });
  assert.ok(frame instanceof Uint8Array);
  const padded = new Uint8Array(frame.length + 20);
  padded.set(frame, 13);
  assert.deepEqual(decodeFrame(padded.subarray(13, 13 + frame.length)), {
    event: 'x',
    seq: 1,
    data: { bytes: new Uint8Array([9, 8]) },
  });
});

test('a Buffer of Node travels like any byte string', () => {
  const frame = encodeFrame({ id: 1, result: { bytes: Buffer.from('hi'), list: [Buffer.from('!')] } });
  assert.deepEqual(decodeFrame(frame), {
    id: 1,
    result: { bytes: new Uint8Array([104, 105]), list: [new Uint8Array([33])] },
  });
});

const malformed: [string, string | Uint8Array][] = [
  ['text that is not JSON', '{'],
  ['JSON that is no envelope', '[]'],
  ['null', 'null'],
  ['an envelope without id', '{"method":"hello","params":{}}'],
  ['an empty binary frame', new Uint8Array()],
  ['a head longer than the frame', new Uint8Array([255, 255, 255, 255, 1])],
  ['a byte string outside the frame', binary('{"id":1,"result":{"$bytes":[0,99]}}')],
  ['a byte string with a negative offset', binary('{"id":1,"result":{"$bytes":[-1,1]}}')],
  ['a byte string that is no pair', binary('{"id":1,"result":{"$bytes":"x"}}')],
];
for (const [what, data] of malformed) {
  test(`${what} is refused as an invalid request`, () => {
    assert.throws(
      () => decodeFrame(data),
      (error) => isCoiError(error, 'invalid-request'),
    );
  });
}

function binary(head: string): Uint8Array {
  const bytes = new TextEncoder().encode(head);
  const frame = new Uint8Array(4 + bytes.length + 2);
  new DataView(frame.buffer).setUint32(0, bytes.length);
  frame.set(bytes, 4);
  return frame;
}
