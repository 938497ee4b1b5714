/**
 * Judges the end of a schedule. It knows what was typed; the screens, the mailboxes and the deliveries have to agree
 * with that, not with each other. Pure.
 */
import type { Person } from './fault.ts';
import { nameOf } from './words.ts';

export interface TypedLine {
  readonly who: Person;
  readonly text: string;
}

/** One browser's view of the chat, oldest first. */
export interface Screen {
  readonly person: Person;
  /** For example `cold`. */
  readonly name: string;
  readonly rows: readonly ScreenRow[];
}

export interface ScreenRow {
  readonly text: string;
  readonly own: boolean;
  readonly delivery: string | undefined;
  readonly messageId: string | undefined;
}

export interface OutsideMail {
  readonly mailbox: string;
  readonly uid: number;
  readonly messageId: string;
  readonly source: string;
  readonly flags: readonly string[];
}

export interface Delivery {
  readonly messageId: string;
  readonly recipient: string;
  readonly count: number;
}

/** A mail that nobody of us may touch. */
export interface Untouched {
  readonly place: string;
  readonly flags: string;
  readonly internalDate: string;
  readonly source: string;
}

export interface Ending {
  readonly typed: readonly TypedLine[];
  readonly screens: readonly Screen[];
  readonly mailboxes: Readonly<Record<Person, readonly OutsideMail[]>>;
  readonly addresses: Readonly<Record<Person, string>>;
  /** Where every line has to lie in the end; undefined = anywhere. */
  readonly chatsMailbox: string | undefined;
  /** Of these two people only. */
  readonly deliveries: readonly Delivery[];
  readonly untouched: Readonly<
    Record<Person, { readonly before: readonly Untouched[]; readonly after: readonly Untouched[] }>
  >;
  /**
   * Message-IDs that the rule of doubt may have sent a second time (design §4.4, 5): the wait was over, and nobody at
   * the writer's engine could witness the first.
   */
  readonly mayRepeat: ReadonlySet<string>;
}

export interface Verdict {
  readonly lines: number;
  readonly lost: number;
  readonly doubled: number;
  readonly smtpDuplicates: number;
  readonly reordered: number;
  readonly altered: number;
  /** Lines that ended so, were not sent again, and of which nobody can tell. */
  readonly unknown: number;
  /** Lines that went out twice because the reply to the first time was lost and nobody could witness it. */
  readonly repeated: number;
  /** Lines that lie where chats must not lie: promise 1. */
  readonly misfiled: number;
  /** What was wrong, in words. */
  readonly findings: readonly string[];
}

type Count = Exclude<keyof Verdict, 'lines' | 'findings'>;

export function judge(ending: Ending): Verdict {
  return new Judge(ending).verdict();
}

class Judge {
  readonly #ending: Ending;
  readonly #findings: string[] = [];
  readonly #counts: Record<Count, number> = {
    lost: 0,
    doubled: 0,
    smtpDuplicates: 0,
    reordered: 0,
    altered: 0,
    unknown: 0,
    repeated: 0,
    misfiled: 0,
  };

  constructor(ending: Ending) {
    this.#ending = ending;
  }

  verdict(): Verdict {
    const ids = new Set<string>();
    for (const line of this.#ending.typed) for (const id of this.#line(line)) ids.add(id);
    this.#strangers(ids);
    this.#order();
    this.#mail();
    return { lines: this.#ending.typed.length, ...this.#counts, findings: this.#findings };
  }

  #found(counter: Count, words: string): void {
    this.#counts[counter] += 1;
    this.#findings.push(`${counter}: ${words}`);
  }

  /** @returns its Message-IDs; one, when all is well */
  #line(line: TypedLine): ReadonlySet<string> {
    const { screens, mailboxes } = this.#ending;
    const name = nameOf(line.text);
    const ids = this.#idsOf(name);
    const isUnknown = this.#isUnknown(line, name);
    if (isUnknown) this.#found('unknown', `${name} of ${line.who}`);
    let isLost = false;
    const absent = (where: string) => {
      const words = `${name} of ${line.who} is not ${where}`;
      if (isLost) this.#findings.push(`lost: ${words}`);
      else if (!isUnknown) this.#found('lost', words);
      isLost = true;
    };
    for (const { person, name: screen, rows } of screens) {
      const count = rows.filter(({ text }) => nameOf(text) === name).length;
      if (count === 0) absent(`on ${person}'s screen (${screen})`);
      if (count > 1)
        this.#found('doubled', `${name} of ${line.who} is ${count} times on ${person}'s screen (${screen})`);
      const row = rows.find(({ text }) => nameOf(text) === name);
      if (row !== undefined) this.#compare(line, row, person, `${name} on ${person}'s screen (${screen})`);
    }
    for (const person of ['alice', 'bob'] as const) {
      const copies = mailboxes[person].filter((mail) => holds(mail, name));
      if (copies.length === 0) absent(`in ${person}'s mailbox`);
      const { chatsMailbox } = this.#ending;
      const astray = copies.find(({ mailbox }) => chatsMailbox !== undefined && mailbox !== chatsMailbox);
      if (astray !== undefined) this.#found('misfiled', `${name} of ${line.who} lies in ${person}'s ${astray.mailbox}`);
      // What went out twice by rule lies there twice; screens fold it.
      const isRepeated = person !== line.who && this.#mayRepeat(ids);
      if (copies.length > (isRepeated ? 2 : 1)) {
        const places = copies.map(({ mailbox, uid }) => `${mailbox} ${uid}`).join(', ');
        this.#found('doubled', `${name} of ${line.who} lies ${copies.length} times with ${person}: ${places}`);
      }
    }
    if (!isUnknown) this.#deliveries(line, name, ids, absent);
    this.#failure(line, name, absent);
    return ids;
  }

  #compare(line: TypedLine, row: ScreenRow, person: Person, what: string): void {
    if (carried(row.text) !== carried(line.text)) {
      this.#found('altered', `${what} says ${JSON.stringify(row.text)}, typed was ${JSON.stringify(line.text)}`);
    }
    if (row.own !== (person === line.who)) this.#found('altered', `${what} has the wrong author`);
  }

  #deliveries(line: TypedLine, name: string, ids: ReadonlySet<string>, absent: (where: string) => void): void {
    const to = this.#ending.addresses[line.who === 'alice' ? 'bob' : 'alice'];
    const sent = this.#ending.deliveries.filter(({ messageId }) => ids.has(messageId));
    const count = sent.filter(({ recipient }) => recipient === to).reduce((sum, one) => sum + one.count, 0);
    if (count === 0) absent('delivered by SMTP');
    if (count === 2 && this.#mayRepeat(ids)) this.#found('repeated', name);
    else if (count > 1) this.#found('smtpDuplicates', `${name} of ${line.who} went out ${count} times`);
    for (const { recipient } of sent) {
      if (recipient !== to) this.#found('smtpDuplicates', `${name} of ${line.who} went to ${recipient}`);
    }
  }

  #mayRepeat(ids: ReadonlySet<string>): boolean {
    return [...ids].every((id) => this.#ending.mayRepeat.has(id));
  }

  #failure(line: TypedLine, name: string, absent: (where: string) => void): void {
    for (const { person, name: screen, rows } of this.#ending.screens) {
      if (person !== line.who) continue;
      const row = rows.find(({ text }) => nameOf(text) === name);
      if (row?.delivery === 'failed' || row?.delivery === 'queued' || row?.delivery === 'sending') {
        absent(`sent: it ended ${row.delivery} on ${person}'s screen (${screen})`);
      }
    }
  }

  #isUnknown({ who }: TypedLine, name: string): boolean {
    return this.#ending.screens.some(
      ({ person, rows }) =>
        person === who && rows.some((row) => nameOf(row.text) === name && row.delivery === 'unknown'),
    );
  }

  #idsOf(name: string): ReadonlySet<string> {
    const { mailboxes, screens } = this.#ending;
    const mails = [...mailboxes.alice, ...mailboxes.bob].filter((mail) => holds(mail, name));
    const rows = screens.flatMap((screen) => screen.rows).filter(({ text }) => nameOf(text) === name);
    const shown = rows.flatMap(({ messageId }) => (messageId === undefined ? [] : [`<${messageId}>`]));
    return new Set([...mails.map(({ messageId }) => messageId), ...shown]);
  }

  /** Nothing goes out that nobody typed. */
  #strangers(ids: ReadonlySet<string>): void {
    for (const { messageId, count } of this.#ending.deliveries) {
      if (!ids.has(messageId))
        this.#found('smtpDuplicates', `${messageId} went out ${count} times, and nobody typed it`);
    }
    const names = new Set(this.#ending.typed.map(({ text }) => nameOf(text)));
    for (const { person, name, rows } of this.#ending.screens) {
      for (const { text } of rows) {
        if (!names.has(nameOf(text)))
          this.#found('doubled', `${person}'s screen (${name}) has ${JSON.stringify(text)}`);
      }
    }
  }

  /** One order on all screens, and each author's own lines as typed. */
  #order(): void {
    const { screens, typed } = this.#ending;
    // A line that is there twice is another matter.
    const orders = screens.map(({ rows }) => [...new Set(rows.map(({ text }) => nameOf(text)))]);
    const [first = []] = orders;
    for (const [index, order] of orders.entries()) {
      const common = new Set(order.filter((name) => first.includes(name)));
      const [one, other] = [first, order].map((names) => names.filter((name) => common.has(name)).join(' '));
      const where = `${screens[index]?.person} (${screens[index]?.name})`;
      if (one !== other) {
        this.#found('reordered', `${screens[0]?.person} (${screens[0]?.name}): ${one}; ${where}: ${other}`);
      }
      for (const who of ['alice', 'bob'] as const) {
        const own = typed.filter((line) => line.who === who).map(({ text }) => nameOf(text));
        const shown = order.filter((name) => own.includes(name));
        const wanted = own.filter((name) => shown.includes(name));
        if (shown.join() !== wanted.join())
          this.#found('reordered', `${who}'s own lines at ${where}: ${shown.join(' ')}`);
      }
    }
  }

  #mail(): void {
    for (const [person, { before, after }] of Object.entries(this.#ending.untouched)) {
      const there = new Map(after.map((mail) => [mail.place, mail]));
      for (const mail of before) {
        const now = there.get(mail.place);
        if (now === undefined) this.#found('altered', `${person}'s ${mail.place} is gone`);
        else if (now.source !== mail.source) this.#found('altered', `${person}'s ${mail.place} has other bytes`);
        else if (now.internalDate !== mail.internalDate)
          this.#found('altered', `${person}'s ${mail.place} has another date`);
        else if (now.flags !== mail.flags) {
          this.#found('altered', `${person}'s ${mail.place} had flags "${mail.flags}", has "${now.flags}"`);
        }
      }
    }
  }
}

/** Spaces at the end of a line say nothing; a mail does not carry them (RFC 3676). */
function carried(text: string): string {
  return text.replace(/[ \t]+$/gm, '');
}

/** Is it the line itself, and not a mail that quotes it? */
function holds({ source }: OutsideMail, name: string): boolean {
  const at = source.indexOf('\r\n\r\n');
  const isBase64 = /^content-transfer-encoding: *base64/im.test(source.slice(0, at));
  const raw = source.slice(at + 4);
  const body = isBase64 ? Buffer.from(raw, 'base64').toString('latin1') : raw.trimStart();
  return body.startsWith(`${name} `) || body.startsWith(`${name}\r\n`);
}
