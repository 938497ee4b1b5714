/** Keeps the filing marks in the `filing` storage message: read at start, written at most every ten seconds. */
import { isCoiError } from '@coi-webmail/base';
import type { AccountContext } from './context.ts';
import type { Filing } from './filing.ts';
import type { SavedMark } from './filing-state.ts';
import { readObject } from './mode.ts';
import type { Storage } from './storage.ts';

const WRITE_EVERY_MS = 10_000;

export interface MarkKeeperOptions {
  readonly context: AccountContext;
  readonly storage: Storage;
  readonly filing: Filing;
  readonly isConsented: () => boolean;
}

export class MarkKeeper {
  readonly #options: MarkKeeperOptions;
  #isDirty = false;
  #cancel: (() => void) | undefined;

  constructor(options: MarkKeeperOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { storage, filing } = this.#options;
    const { document } = await storage.get('filing');
    filing.load(readMarks(document));
  }

  /** A mark moved. */
  touch(): void {
    if (!this.#options.isConsented()) return;
    this.#isDirty = true;
    this.#cancel ??= this.#options.context.clock.after(WRITE_EVERY_MS, () => {
      this.#cancel = undefined;
      void this.flush();
    });
  }

  /** Never throws: a mark that is behind only makes the next process look again. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (!this.#isDirty || !this.#options.isConsented()) return;
    this.#isDirty = false;
    const { storage, filing, context } = this.#options;
    try {
      await storage.put('filing', JSON.stringify({ marks: filing.marks() }));
    } catch (error) {
      this.#isDirty = true;
      context.deps.log.warn('marks-not-written', { code: isCoiError(error) ? error.code : 'internal' });
    }
  }
}

function readMarks(document: string | undefined): readonly SavedMark[] {
  const { marks } = readObject(document);
  if (!Array.isArray(marks)) return [];
  return marks.flatMap((mark: unknown) => {
    const { mailbox, uidValidity, uid, untagged } = (mark ?? {}) as Partial<Record<keyof SavedMark, unknown>>;
    if (typeof mailbox !== 'string' || typeof uidValidity !== 'string' || !Number.isSafeInteger(uid)) return [];
    return [{ mailbox, uidValidity, uid: uid as number, untagged: typeof untagged === 'string' ? untagged : '' }];
  });
}
