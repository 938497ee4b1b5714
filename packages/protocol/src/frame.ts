/**
 * The envelope. A text frame is the JSON of an Envelope. If the payload holds bytes it is a binary frame:
 *
 *     uint32 (big endian) length of the head | head: JSON | the byte strings, one after the other
 *
 * In the head each byte string is `{"$bytes": [offset, length]}`, offset counted from the end of the head.
 */
import { type ErrorData, fromUtf8, utf8, CoiError } from '@coi-webmail/base';

export interface RequestFrame {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}
export interface ResultFrame {
  readonly id: number;
  readonly result: unknown;
}
export interface ErrorFrame {
  readonly id: number;
  readonly error: ErrorData;
}
export interface EventFrame {
  readonly event: string;
  readonly seq: number;
  readonly data: unknown;
}
export type Envelope = RequestFrame | ResultFrame | ErrorFrame | EventFrame;

const HEAD_LENGTH_BYTES = 4;

/** @returns a string for a text frame, bytes for a binary frame */
export function encodeFrame(envelope: Envelope): string | Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const head = JSON.stringify(envelope, function (this: Record<string, unknown>, key, value: unknown) {
    // Not `value`: a Node Buffer has turned itself into an object by now (toJSON).
    const bytes = this[key];
    if (!(bytes instanceof Uint8Array)) return value;
    const mark = { $bytes: [total, bytes.length] };
    chunks.push(bytes);
    total += bytes.length;
    return mark;
  });
  if (chunks.length === 0) return head;
  const headBytes = utf8(head);
  const frame = new Uint8Array(HEAD_LENGTH_BYTES + headBytes.length + total);
  new DataView(frame.buffer).setUint32(0, headBytes.length);
  frame.set(headBytes, HEAD_LENGTH_BYTES);
  let at = HEAD_LENGTH_BYTES + headBytes.length;
  for (const chunk of chunks) {
    frame.set(chunk, at);
    at += chunk.length;
  }
  return frame;
}

/**
 * Reads either kind of frame. Byte strings are views into `data`, not copies.
 * @throws CoiError `invalid-request` when it is no envelope
 */
export function decodeFrame(data: string | Uint8Array): Envelope {
  let value: unknown;
  try {
    value = typeof data === 'string' ? JSON.parse(data) : decodeBinary(data);
  } catch (cause) {
    throw new CoiError('invalid-request', 'Could not read a frame', { cause });
  }
  if (!isEnvelope(value)) throw new CoiError('invalid-request', 'Frame is neither request, answer nor event');
  return value;
}

function decodeBinary(data: Uint8Array): unknown {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const bodyAt = HEAD_LENGTH_BYTES + view.getUint32(0);
  if (bodyAt > data.length) throw new RangeError('Head is longer than the frame');
  const body = data.subarray(bodyAt);
  return JSON.parse(fromUtf8(data.subarray(HEAD_LENGTH_BYTES, bodyAt)), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
    const mark = value.$bytes;
    if (!Array.isArray(mark)) throw new TypeError('Malformed byte string');
    const [offset, length] = mark as unknown[];
    if (!isIndex(offset) || !isIndex(length) || offset + length > body.length) {
      throw new RangeError('Byte string outside the frame');
    }
    return body.subarray(offset, offset + length);
  });
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  if ('event' in value) return typeof value.event === 'string' && 'seq' in value && 'data' in value;
  return 'id' in value && typeof value.id === 'number' && ('method' in value || 'result' in value || 'error' in value);
}
