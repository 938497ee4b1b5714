/**
 * Does the server file what is submitted by itself, as Gmail and Exchange do? Asked once per account, by the first line
 * that it sends: its Message-ID turns up in Sent without our doing, or it does not.
 */
import { isCoiError } from '@coi-webmail/base';
import type { ImapSession } from '../../imap/session.ts';
import type { AccountContext } from '../context.ts';
import type { StoredCopy } from './claim-note.ts';
import { findNewest, isOurs } from './own-copies.ts';

/** After the server took the line, and after the look before. */
const LOOK_MS = [1_500, 3_000] as const;
/** A server that was only slow is asked once more. */
const NO_HOLDS_MS = 7 * 24 * 3_600_000;

interface Answer {
  readonly saves: boolean;
  readonly at: number;
}

export class SentProbe {
  readonly #context: AccountContext;
  readonly #waits = new Map<string, () => void>();
  #answer: Answer | undefined;
  #isLoaded = false;
  #isStopped = false;

  constructor(context: AccountContext) {
    this.#context = context;
  }

  /** Undefined: to be found out with the next line. */
  async savesSent(): Promise<boolean | undefined> {
    const { deps, clock, mailboxes } = this.#context;
    if (!this.#isLoaded) this.#answer = parseAnswer(await deps.store.getValue(this.#key));
    this.#isLoaded = true;
    if (this.#answer !== undefined && (this.#answer.saves || clock.now() - this.#answer.at < NO_HOLDS_MS)) {
      return this.#answer.saves;
    }
    return mailboxes.path('sent') === undefined || this.#isStopped ? false : undefined;
  }

  isWatching(messageId: string): boolean {
    return this.#waits.has(messageId);
  }

  /**
   * Looks for a copy that the server made of a line it took just now. Never throws; soon over once the probe stops.
   * @param ours the copy that we stored; undefined = none yet
   */
  async watch(messageId: string, ours: StoredCopy | undefined): Promise<StoredCopy | undefined> {
    try {
      for (const delayMs of LOOK_MS) {
        await this.#wait(messageId, delayMs);
        if (this.#isStopped) return undefined;
        const found = await this.#look(messageId, ours);
        if (found === undefined) continue;
        await this.#remember(true);
        return found;
      }
      await this.#remember(false);
    } catch (error) {
      this.#context.deps.log.warn('sent-probe-failed', { code: isCoiError(error) ? error.code : 'internal' });
    } finally {
      this.#waits.delete(messageId);
    }
    return undefined;
  }

  /** What waits goes on at once, and learns nothing. */
  stop(): void {
    this.#isStopped = true;
    for (const goOn of this.#waits.values()) goOn();
  }

  #wait(messageId: string, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#context.clock.after(delayMs, resolve);
      this.#waits.set(messageId, () => {
        cancel();
        resolve();
      });
      if (this.#isStopped) this.#waits.get(messageId)?.();
    });
  }

  /** In Sent, and where filing may have put it meanwhile, as long as it can be told from ours there. */
  #look(messageId: string, ours: StoredCopy | undefined): Promise<StoredCopy | undefined> {
    const { mailboxes, commands } = this.#context;
    const filed = ours === undefined || ours.place !== undefined ? mailboxes.path('chats') : undefined;
    const paths = [mailboxes.path('sent'), filed].flatMap((path) => path ?? []);
    return commands.run(async (session: ImapSession) => {
      for (const path of paths) {
        const { uidValidity, messageCount } = await session.selectFresh(path, 'read');
        const found = await findNewest(session, messageCount, messageId, (head) => {
          return !isOurs(head) && !(path === ours?.place?.mailbox && head.uid === ours.place.uid);
        });
        if (found !== undefined) return { place: { mailbox: path, uidValidity, uid: found.uid } };
      }
      return undefined;
    });
  }

  async #remember(saves: boolean): Promise<void> {
    const { deps, clock } = this.#context;
    this.#answer = { saves, at: clock.now() };
    await deps.store.putValue(this.#key, JSON.stringify(this.#answer));
  }

  get #key(): string {
    return `saves-sent:${this.#context.identity.hash}`;
  }
}

function parseAnswer(text: string | undefined): Answer | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Answer);
}
