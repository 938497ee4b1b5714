/** The message as the SMTP library reads it, and the moment from which its final dot may be on its way. */
import { Readable } from 'node:stream';
import { CoiError } from '@coi-webmail/base';

const CHUNK_BYTES = 65_536;

export interface SourceOptions {
  readonly bytes: Uint8Array;
  readonly beforeData: () => Promise<void>;
  /** The last byte was handed over. */
  readonly onEnd: () => void;
}

/** Read first after the server said 354. */
export class Source extends Readable {
  readonly #options: SourceOptions;
  #at = -1;
  dotSent = false;
  cancelReason: CoiError | undefined;

  constructor(options: SourceOptions) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#options = options;
  }

  override _read(): void {
    if (this.#at === -1) {
      this.#at = 0;
      this.#options.beforeData().then(
        () => this.#next(),
        (cause: unknown) => {
          this.cancelReason =
            cause instanceof CoiError ? cause : new CoiError('internal', 'Could not prepare the submission', { cause });
          // Not the reason itself: nodemailer writes its own code into what it gets.
          this.destroy(new Error('Cancelled'));
        },
      );
    } else {
      this.#next();
    }
  }

  #next(): void {
    const { bytes } = this.#options;
    const end = Math.min(this.#at + CHUNK_BYTES, bytes.length);
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset + this.#at, end - this.#at);
    this.#at = end;
    this.push(chunk);
    if (end < bytes.length || this.destroyed) return;
    this.dotSent = true;
    this.#options.onEnd();
    this.push(null);
  }
}
