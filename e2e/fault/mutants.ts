/**
 * The guards of the product, and what it is without each of them: one text in one source, which has to be there exactly
 * once, swapped for another. A run with a mutant has to find something wrong, of the kinds named here; else the guard
 * guards nothing, or the schedules do not get there.
 */
import type { Counter, Force, Step } from '@coi-webmail/test-support';
import type { Mutation } from './bundle.ts';

export interface Mutant {
  readonly name: string;
  /** What the product does without the guard. */
  readonly means: string;
  readonly mutations: readonly Mutation[];
  /** At least one of these has to become more than 0. */
  readonly shows: readonly Counter[];
  /** Where it is to be looked for. */
  readonly steps: readonly Step[];
  readonly forces?: readonly Force[];
}

const STORE = 'engine/src/store/sqlite-store.ts';
const SUBMIT = 'engine/src/account/submit.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'claim: accepted',
    means: 'a line that the mail server took is sent again when its writer did not hear of it',
    mutations: [
      {
        file: STORE,
        from: `if (row['state'] === 'accepted') return { state: 'accepted', acceptedAt: touchedAt, note };`,
        to: `if (row['state'] === 'accepted') return this.#takeClaim(key, nowAt, {});`,
      },
    ],
    shows: ['smtpDuplicates', 'doubled'],
    steps: ['ws-answer'],
  },
  {
    name: 'claim: in doubt',
    means: 'what a process that died may have sent is sent again at once',
    mutations: [
      {
        file: STORE,
        from: `if (row['is_progressed'] === 0) return this.#takeClaim(key, nowAt, note);`,
        to: `return this.#takeClaim(key, nowAt, {});`,
      },
    ],
    shows: ['smtpDuplicates', 'doubled'],
    steps: ['smtp-after-dot'],
  },
  {
    name: 'claim: in flight',
    means: 'two engines work on one line at the same time',
    mutations: [
      {
        file: STORE,
        from: `if (touchedAt + staleMs >= nowAt) return { state: 'in-flight', sinceAt };`,
        to: '',
      },
    ],
    shows: ['smtpDuplicates', 'doubled'],
    steps: ['append-literal'],
    forces: ['two-engines'],
  },
  {
    name: 'pending copy',
    means: 'a retry does not look for the copy that an earlier try stored',
    mutations: [
      {
        file: SUBMIT,
        from: `if (kind !== 'retry') return undefined;`,
        to: `if (kind !== 'first' || plan !== 'none') return undefined;`,
      },
    ],
    shows: ['doubled'],
    steps: ['append-to-smtp'],
  },
  {
    name: 'evidence',
    means: 'a line in doubt is not believed to have arrived though its recipient has it',
    mutations: [
      {
        file: 'engine/src/account/submit/doubts.ts',
        from: `if (doubt === undefined || !doubt.deliveries.arrivedAt(by)) return;`,
        to: `if (doubt !== undefined || by !== '') return;`,
      },
    ],
    shows: ['smtpDuplicates', 'doubled'],
    steps: ['smtp-after-dot'],
    forces: ['one-engine'],
  },
  {
    name: 'fold by identity',
    means: 'each copy of a line is a line of its own',
    mutations: [
      {
        file: 'packages/chat/src/reduce/identity.ts',
        from: `const same = rows.find((row) => isSameContent(row.message, message));`,
        to: `const same = undefined as RowRecord | undefined;`,
      },
    ],
    shows: ['doubled'],
    steps: ['move-to-event', 'smtp-after-dot', 'ws-event'],
  },
  {
    name: 'strict outbox',
    means: 'a line is acknowledged before it is on the disk',
    mutations: [
      {
        file: 'packages/client/src/outbox/lines.ts',
        from: `async add(line: StoredLine): Promise<void> {
    await this.#deps.vault.put(OUTBOX_PREFIX + line.rowId, line);`,
        to: `async add(line: StoredLine): Promise<void> {`,
      },
    ],
    shows: ['lost'],
    steps: ['worker-restart', 'http-put', 'ws-submit'],
  },
  {
    name: 'one transaction',
    means: 'the cursor of a mailbox is stored before the lines below it',
    mutations: [
      {
        file: 'packages/client/src/ledger.ts',
        from: `await this.#deps.cache.commit(this.#written(batch), this.state.rows);`,
        to: `const written = this.#written(batch);
      await this.#deps.cache.commit({ ...written, rows: new Set() }, this.state.rows);
      await this.#deps.cache.commit({ ...written, progress: undefined }, this.state.rows);`,
      },
    ],
    shows: ['lost'],
    steps: ['idb-commit', 'handshake'],
  },
  {
    name: 'account lock',
    means: 'a newer worker starts while the older one still writes',
    mutations: [
      {
        file: 'packages/client/src/session.ts',
        from: `      await held;\n`,
        to: `      held.catch(() => undefined);\n`,
      },
    ],
    shows: ['lost', 'doubled', 'smtpDuplicates'],
    steps: ['upgrade'],
  },
  {
    name: 'filing is tried again',
    means: 'a pass that broke off leaves lines in the inbox',
    mutations: [
      {
        file: 'engine/src/account/filing.ts',
        from: `await this.#lookAt(path);
      await this.#readBacklog(path);
      return this.#fileAll(path);`,
        to: `await this.#lookAt(path);
      await this.#readBacklog(path);
      const isOurs = await this.#fileAll(path).catch(() => true);
      this.#states.get(path)?.chat.clear();
      return isOurs;`,
      },
    ],
    shows: ['misfiled'],
    steps: ['move-to-event', 'flags-stored'],
    forces: ['active'],
  },
  {
    name: 'filing order',
    means: 'mail is filed before it was looked at and pushed',
    mutations: [
      {
        file: 'engine/src/account/filing.ts',
        from: `await this.#lookAt(path);
      await this.#readBacklog(path);
      return this.#fileAll(path);`,
        to: `const isOurs = await this.#fileAll(path);
      await this.#lookAt(path);
      await this.#readBacklog(path);
      return isOurs;`,
      },
    ],
    shows: ['misfiled'],
    steps: ['ws-frame', 'link-drop'],
    forces: ['active'],
  },
  {
    name: 'UID EXPUNGE',
    means: 'what we replace takes along what others marked as deleted',
    mutations: [
      {
        file: 'engine/src/imap/guard.ts',
        from: `'UID EXPUNGE', [set]`,
        to: `'EXPUNGE', []`,
      },
    ],
    shows: ['altered'],
    steps: ['link-drop', 'engine-restart'],
    forces: ['no-keywords'],
  },
];
