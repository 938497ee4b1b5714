/**
 * Steps between browser and engine: HTTP requests with their bodies, the WebSocket handshake, and then frames (RFC 6455)
 * whole, with a look at the method or event that is named at their start.
 */
import type { Step } from '../step.ts';
import type { Piece, Reader } from './reader.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const LOOK_BYTES = 400;
const MASK_BYTES = 4;

/** Cuts a stream into WebSocket frames. */
class FrameSplitter {
  #pending = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<{ readonly bytes: Buffer; readonly start: string }> {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (let frame = frameAt(this.#pending); frame !== undefined; frame = frameAt(this.#pending)) {
      const bytes = this.#pending.subarray(0, frame.length);
      this.#pending = this.#pending.subarray(frame.length);
      yield { bytes, start: startOf(bytes, frame.payloadAt, frame.isMasked) };
    }
  }
}

interface FrameShape {
  readonly length: number;
  readonly payloadAt: number;
  readonly isMasked: boolean;
}

/** Undefined while the frame is not complete. */
function frameAt(bytes: Buffer): FrameShape | undefined {
  const second = bytes[1];
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  const isMasked = (second & 0x80) !== 0;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const payloadAt = 2 + lengthBytes + (isMasked ? MASK_BYTES : 0);
  if (bytes.length < payloadAt) return undefined;
  const payload =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < payloadAt + payload ? undefined : { length: payloadAt + payload, payloadAt, isMasked };
}

function startOf(frame: Buffer, payloadAt: number, isMasked: boolean): string {
  const start = Buffer.from(frame.subarray(payloadAt, payloadAt + LOOK_BYTES));
  const mask = frame.subarray(payloadAt - MASK_BYTES, payloadAt);
  if (isMasked) for (let at = 0; at < start.length; at += 1) start[at] = (start[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return start.toString('latin1');
}

const isText = ({ bytes }: { readonly bytes: Buffer }) => {
  const opcode = (bytes[0] ?? 0) & 0x0f;
  return opcode === 1 || opcode === 2;
};

export class WebSteps implements Reader {
  readonly login = undefined;
  readonly #clientFrames = new FrameSplitter();
  readonly #serverFrames = new FrameSplitter();
  readonly #submits = new Set<string>();
  #mode: 'http' | 'upgrading' | 'frames' = 'http';
  #head = Buffer.alloc(0);
  #answer = Buffer.alloc(0);
  #bodyLeft = 0;
  #isSubmit = false;

  *fromClient(chunk: Buffer): Generator<Piece> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#mode !== 'http') {
        for (const frame of this.#clientFrames.push(rest)) yield this.#request(frame);
        return;
      }
      if (this.#bodyLeft > 0) {
        const bytes = rest.subarray(0, this.#bodyLeft);
        this.#bodyLeft -= bytes.length;
        rest = rest.subarray(bytes.length);
        yield { bytes, steps: this.#isSubmit ? ['http-put'] : [] };
        this.#isSubmit = false;
        continue;
      }
      const before = this.#head.length;
      this.#head = Buffer.concat([this.#head, rest]);
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) return;
      const bytes = this.#head.subarray(0, end + HEAD_END.length);
      rest = rest.subarray(bytes.length - before);
      this.#head = Buffer.alloc(0);
      yield this.#requestHead(bytes);
    }
  }

  *fromServer(chunk: Buffer): Generator<Piece> {
    if (this.#mode === 'http') {
      yield { bytes: chunk, steps: [] };
      return;
    }
    let rest = chunk;
    if (this.#mode === 'upgrading') {
      this.#answer = Buffer.concat([this.#answer, rest]);
      const end = this.#answer.indexOf(HEAD_END);
      if (end === -1) return;
      this.#mode = 'frames';
      const isRefused = !this.#answer.subarray(0, 12).includes(' 101');
      const bytes = isRefused ? this.#answer : this.#answer.subarray(0, end + HEAD_END.length);
      rest = this.#answer.subarray(bytes.length);
      if (isRefused) this.#mode = 'http';
      yield { bytes, steps: ['handshake'] };
    }
    for (const frame of this.#serverFrames.push(rest)) yield this.#told(frame);
  }

  #requestHead(bytes: Buffer): Piece {
    const text = bytes.toString('latin1');
    this.#bodyLeft = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    this.#isSubmit = /^POST \S*\/submit /.test(text);
    if (/^upgrade: *websocket/im.test(text)) this.#mode = 'upgrading';
    return { bytes, steps: [] };
  }

  #request(frame: { readonly bytes: Buffer; readonly start: string }): Piece {
    if (!isText(frame)) return { bytes: frame.bytes, steps: [] };
    const method = /"method":"([a-z.]+)"/.exec(frame.start)?.[1];
    const id = /"id":(\d+)/.exec(frame.start)?.[1];
    if (method === 'message.submit' && id !== undefined) this.#submits.add(id);
    const steps: Step[] = method === 'hello' ? ['hello'] : method === 'message.submit' ? ['ws-submit'] : [];
    return { bytes: frame.bytes, steps: [...steps, 'ws-frame'] };
  }

  #told(frame: { readonly bytes: Buffer; readonly start: string }): Piece {
    if (!isText(frame)) return { bytes: frame.bytes, steps: [] };
    const id = /^[^"]*\{"id":(\d+)/.exec(frame.start)?.[1];
    const steps: Step[] = id !== undefined && this.#submits.delete(id) ? ['ws-answer'] : [];
    if (id === undefined && frame.start.includes('"event":')) steps.push('ws-event');
    return { bytes: frame.bytes, steps: [...steps, 'ws-frame'] };
  }
}
