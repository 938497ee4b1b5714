/** What a relay needs to know of a protocol: the pieces of both directions, and which step each piece is. */
import type { Step } from '../step.ts';

export interface Piece {
  readonly bytes: Buffer;
  /** Steps that this piece takes, in the order in which faults are looked for; none = it just passes. */
  readonly steps: readonly Step[];
  /** The client asks for TLS, and these bytes answer it. The piece does not pass on. */
  readonly startsTls?: true;
}

export interface Reader {
  /** Pieces of what the client sent; together they are all that was sent, unless a piece starts TLS. */
  fromClient(chunk: Buffer): Iterable<Piece>;
  fromServer(chunk: Buffer): Iterable<Piece>;
  /** Who signed on, in the words of the protocol; undefined before. */
  readonly login: string | undefined;
  /** Message-ID of the message under way, in angle brackets. */
  readonly messageId?: string | undefined;
}

/** For links whose steps do not matter. */
export function plainReader(): Reader {
  const pass = (chunk: Buffer): readonly Piece[] => [{ bytes: chunk, steps: [] }];
  return { fromClient: pass, fromServer: pass, login: undefined };
}
