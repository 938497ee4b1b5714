/**
 * Random stories of a mailbox: what servers, peers, strangers and the user's own outbox may tell, as events with the
 * few orders that hold between them (a copy is seen before it goes). Everything else may arrive in any order.
 */
import type { ContactAddress, MessageId, TextMessage } from '@coi-webmail/coi';
import type { ChatEvent, ChatMarks, CopyFacts, CopyRole, OutboxLine, Place } from '../event.ts';
import { ALICE, BOB, CAROL, identity, NOON, seen, service, text } from '../test-story.ts';
import { placeKey } from '../state.ts';
import type { ChatId } from '../view.ts';

/** An event and the events (by position) that are always told before it. */
export interface Told {
  readonly event: ChatEvent;
  readonly after: readonly number[];
}

export type Story = readonly Told[];

export const ALICE_AT_HOME = 'alice@home.example' as ContactAddress;
export const SELF = [ALICE, ALICE_AT_HOME];
const DAN = 'dan@example.test' as ContactAddress;
/** Sort before and behind everybody: who wins by name must not win by it. */
const AARON = 'aaron@evil.example' as ContactAddress;
const ZOE = 'zoe@evil.example' as ContactAddress;
const OTHERS = [BOB, CAROL, DAN];
const EVERYBODY = [...SELF, ...OTHERS, AARON, ZOE];

const MAILBOXES: readonly (readonly [mailbox: string, role: CopyRole])[] = [
  ['INBOX', 'inbox'],
  ['COI/Chats', 'chats'],
  ['Sent', 'sent'],
  ['Junk', 'junk'],
  ['COI/Blocked', 'blocked'],
  ['Archive', 'other'],
];

const OWN = MAILBOXES.slice(1, 3);
/** Nothing leaves it. */
const KEPT = ['Kept', 'chats'] as const;
const DELIVERED = MAILBOXES.filter(([, role]) => role !== 'sent');

const FILES = [['a.pdf'], ['a.pdf', 'b.pdf', 'c.pdf']];

/** Writes one story; all chance comes from `random`. */
export class StoryTeller {
  readonly told: Told[] = [];
  private readonly random: () => number;
  private readonly lines: TextMessage[] = [];
  /** Mailbox -> what was told of it under its present UIDVALIDITY, and after which reset. */
  private readonly mailboxes = new Map<
    string,
    { uidValidity: number; uid: number; events: number[]; from: number[] }
  >();
  private readonly lanes = new Map<string, number>();

  constructor(random: () => number) {
    this.random = random;
  }

  story(size: number): Story {
    while (this.told.length < size) this.chapter(size - this.told.length);
    return this.told;
  }

  private below(count: number): number {
    return Math.floor(this.random() * count);
  }

  private chance(likely: number): boolean {
    return this.random() < likely;
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  private tell(event: ChatEvent, after: readonly number[] = []): number {
    return this.told.push({ event, after }) - 1;
  }

  private chapter(room: number): void {
    const likely = this.random();
    if (likely < 0.3) this.incoming(room);
    else if (likely < 0.5) this.own(room);
    else if (likely < 0.65) this.hijack(room);
    else if (likely < 0.8) this.report();
    else if (likely < 0.84) this.reset();
    else if (likely < 0.88) this.word();
    else this.copyOf(this.line(this.pick(OTHERS)), room, false);
  }

  /** A line of somebody, seen on the fast lane, as mail, or both. */
  private incoming(room: number): void {
    const message = this.line(this.pick(OTHERS));
    if (this.chance(0.4)) {
      const id = identity(message);
      const lane = this.tell({ kind: 'lane-seen', identity: id, message, acceptedAt: NOON + this.below(5) * 1000 });
      this.lanes.set(id, lane);
      if (this.chance(0.3)) return;
    }
    this.copyOf(message, room, false);
  }

  private own(room: number): void {
    const message = this.line(this.pick(SELF));
    if (this.chance(0.7)) this.outbox(message);
    if (this.chance(0.8)) this.copyOf(message, room, true);
  }

  private outbox(message: TextMessage): void {
    const states: readonly OutboxLine['delivery'][] = ['queued', 'sending', this.pick(['sent', 'failed', 'unknown'])];
    let last: number | undefined;
    for (const delivery of states.slice(this.below(3))) {
      const event: ChatEvent = { kind: 'outbox-changed', line: outboxLine(message, delivery) };
      last = this.tell(event, last === undefined ? [] : [last]);
    }
    if (last !== undefined && this.chance(0.3)) this.tell({ kind: 'outbox-removed', rowId: identity(message) }, [last]);
  }

  /** Another message under an id that exists: of the same sender, of a third person, or forged as the user's. */
  private hijack(room: number): void {
    const known = this.lines.filter((each) => !isLong(each));
    const line = known.length === 0 ? this.line(BOB) : this.pick(known);
    const from = this.pick([line.from?.address ?? BOB, AARON, ZOE, ALICE, this.pick(OTHERS)]);
    const message = this.line(from, line.messageId);
    if (!SELF.includes(from)) return this.copyOf(message, room, false);
    // Nobody but the user's side writes into the sent mailbox.
    const [, facts, after] = this.place(this.pick(DELIVERED));
    this.note(facts.place.mailbox, this.tell(seen(this.asCopied(message, false), facts), after));
  }

  private report(): void {
    const line = this.lines.length === 0 ? this.line(ALICE) : this.pick(this.lines);
    const kind = this.pick(['receipt', 'receipt', 'bounce', 'delay']);
    const number = this.told.length;
    const written = { id: `report${number}@mta`, from: this.pick(OTHERS), to: [ALICE], at: NOON + number };
    const about = this.chance(0.5) ? (line.rewrittenId ?? line.messageId) : line.messageId;
    const message = service(written, kind, about ?? '', this.pick(['5.1.1', '4.4.1']));
    const [, facts, after] = this.place(this.pick(MAILBOXES));
    const index = this.note(facts.place.mailbox, this.tell(seen(message, facts), after));
    if (this.chance(0.2)) this.gone(facts.place, [index]);
  }

  private reset(): void {
    const [mailbox] = this.pick(MAILBOXES);
    const box = this.box(mailbox);
    const after = [...box.events, ...box.from, ...this.lanes.values()];
    const index = this.tell({ kind: 'mailbox-reset', mailbox }, after);
    box.uidValidity++;
    box.uid = 0;
    box.events = [];
    box.from = [index];
  }

  private word(): void {
    const people = [this.pick(OTHERS), ...(this.chance(0.3) ? [this.pick(OTHERS)] : [])];
    this.tell({ kind: 'chat-wanted', chatId: (900 + this.told.length) as ChatId, people });
  }

  private box(mailbox: string) {
    let box = this.mailboxes.get(mailbox);
    if (box === undefined) this.mailboxes.set(mailbox, (box = { uidValidity: 1, uid: 0, events: [], from: [] }));
    return box;
  }

  private note(mailbox: string, index: number): number {
    this.box(mailbox).events.push(index);
    return index;
  }

  private place(
    [mailbox, role]: readonly [string, CopyRole],
    internalAt = NOON + this.below(6) * 500,
    own = false,
  ): [CopyRole, CopyFacts, readonly number[]] {
    const box = this.box(mailbox);
    const place: Place = { mailbox, uidValidity: String(box.uidValidity), uid: ++box.uid };
    const flags = [...(own && role === 'chats' ? ['$CoiOwn'] : []), ...(this.chance(0.4) ? ['\\Seen'] : [])];
    const facts = { place, role, flags, internalAt, sizeBytes: 1000, digest: 'd', authservId: 'mx.example.test' };
    return [role, facts, box.from];
  }

  /** One to three copies of a message, and what becomes of them. */
  private copyOf(message: TextMessage, room: number, own: boolean): void {
    const count = Math.min(room, this.pick([1, 1, 1, 2, 2, 3]));
    const internalAt = NOON + this.below(6) * 500;
    for (let copy = 0; copy < count; copy++) {
      // A line to oneself, or to a list, also comes back as mail.
      const asOwn = own && this.chance(0.8);
      const at = this.chance(0.7) ? internalAt : undefined;
      // Who saw more of a mail that is gone still knows it: no two browsers could agree. So long mails stay.
      const mailbox = isLong(message) ? KEPT : this.pick(asOwn ? OWN : MAILBOXES);
      const [, facts, after] = this.place(mailbox, at, asOwn);
      const lane = this.lanes.get(identity(message));
      const index = this.note(facts.place.mailbox, this.tell(seen(this.asCopied(message, asOwn), facts), after));
      if (!isLong(message)) this.fate(facts, [index, ...(lane === undefined ? [] : [lane])]);
    }
  }

  /** Copies of one message differ in what servers add. */
  private asCopied(message: TextMessage, own: boolean): TextMessage {
    const results = this.pick([
      [],
      ['mx.example.test; dkim=pass header.d=example.test'],
      ['mx.example.test; dmarc=fail header.from=example.test'],
      ['forged.example; dmarc=pass', 'mx.example.test; dmarc=pass header.from=example.test'],
    ]);
    return this.asRead({ ...message, delivered: !own, authenticationResults: own ? [] : results });
  }

  /** Only the prefix of a long mail is read, and where it ends depends on what servers put before it. */
  private asRead(message: TextMessage): TextMessage {
    if (!isLong(message)) return message;
    if (this.chance(0.3)) return { ...message, text: message.text.slice(0, 7), attachments: [], truncated: true };
    if (this.chance(0.5)) return message;
    return { ...message, attachments: message.attachments.slice(0, this.pick([1, 2])), partsCut: true };
  }

  private fate(facts: CopyFacts, after: readonly number[]): void {
    const { place } = facts;
    const likely = this.random();
    if (likely < 0.15) this.gone(place, after);
    else if (likely < 0.3) this.move(facts, after);
    else if (likely < 0.5) this.flag(place, after);
  }

  private gone({ mailbox, uidValidity, uid }: Place, after: readonly number[]): number {
    return this.note(mailbox, this.tell({ kind: 'copies-gone', mailbox, uidValidity, uids: [uid] }, after));
  }

  private flag({ mailbox, uidValidity, uid }: Place, after: readonly number[]): void {
    const flags = this.pick([['\\Seen'], [], ['\\Seen', '$CoiOwn'], ['$CoiPending'], ['\\Flagged']]);
    this.note(mailbox, this.tell({ kind: 'flags-changed', mailbox, uidValidity, changes: [{ uid, flags }] }, after));
  }

  /** Told by the server as a move, or as a deletion here and, sooner or later, a mail there. */
  private move(facts: CopyFacts, after: readonly number[]): void {
    const [role, target, from] = this.place(this.pick(MAILBOXES), facts.internalAt);
    const moved = { ...target, flags: facts.flags };
    const seenEvent = this.told[after[0] ?? 0]?.event;
    if (this.chance(0.5) && seenEvent?.kind === 'copy-seen') {
      this.gone(facts.place, after);
      this.note(moved.place.mailbox, this.tell({ ...seenEvent, facts: moved }, from));
      return;
    }
    const event: ChatEvent = { kind: 'copy-moved', from: facts.place, to: target.place, role };
    const index = this.tell(event, [...after, ...from]);
    this.note(facts.place.mailbox, index);
    this.note(target.place.mailbox, index);
    const there = [index];
    if (this.chance(0.5) && seenEvent?.kind === 'copy-seen') {
      there.push(this.note(moved.place.mailbox, this.tell({ ...seenEvent, facts: moved }, from)));
    }
    if (this.chance(0.3)) this.flag(target.place, there);
  }

  private line(from: ContactAddress, id?: MessageId): TextMessage {
    const others = EVERYBODY.filter((person) => person !== from);
    const isOwn = SELF.includes(from);
    const to = this.chance(0.6)
      ? [isOwn ? this.pick(OTHERS) : this.pick(SELF)]
      : [...new Set([this.pick(others), this.pick(others), ...(isOwn ? [] : [ALICE])])];
    const answered = this.chance(0.5) && this.lines.length > 0 ? this.pick(this.lines) : undefined;
    const parent = this.chance(0.5) ? (answered?.rewrittenId ?? answered?.messageId) : answered?.messageId;
    const isGroup = this.chance(0.2);
    const number = this.lines.length;
    const message = text({
      id: id ?? `chat$${number}@x`,
      from,
      to,
      text: `words ${number}`,
      at: NOON + this.pick([0, 0, 500, 1000, 2000, 90_000, -5000, 90_000_000]),
      subject: this.pick(['Plan', 'Re: Plan', 'Other']),
      legacy: this.chance(0.4),
      ...(parent === undefined ? {} : { answers: this.chance(0.1) ? `chat$${number + 1}@x` : parent }),
      ...(isGroup ? { groupId: 'AAAABBBBCCCC', groupName: this.pick(['Crew', 'Old crew', '']) } : {}),
      ...(this.chance(0.3) ? { files: id === undefined ? this.pick(FILES) : ['a.pdf'] } : {}),
      delivered: true,
    });
    const name = this.chance(0.3) ? this.pick(['', 'B.', 'Z.']) : message.from?.name;
    const rewritten = id === undefined && this.chance(0.2) ? { rewrittenId: `rewritten$${number}@x` as MessageId } : {};
    const line = { ...message, from: { address: from, name: name ?? '' }, ...rewritten };
    this.lines.push(line);
    return line;
  }
}

/** So long that only a prefix is read. */
function isLong(message: TextMessage): boolean {
  return message.attachments.length > 1;
}

function outboxLine(message: TextMessage, delivery: OutboxLine['delivery']): OutboxLine {
  return {
    rowId: identity(message),
    chatId: 1 as ChatId,
    messageId: message.messageId as MessageId,
    message: { ...message, delivered: false },
    createdAt: NOON,
    delivery,
    reason: delivery === 'failed' ? 'refused' : undefined,
    detail: undefined,
  };
}

export const MARKS: ReadonlyMap<string, ChatMarks> = new Map([
  ['address:bob@example.test', { accepted: true, pinned: true }],
  ['address:carol@example.test', { muted: true }],
]);

/** What a browser finds that first looks when all is over: the copies that are left, as they are then. */
export function remains(story: Story): ChatEvent[] {
  const copies = new Map<string, Extract<ChatEvent, { readonly kind: 'copy-seen' }>>();
  const others: ChatEvent[] = [];
  for (const { event } of story) {
    switch (event.kind) {
      case 'copy-seen':
        copies.set(placeKey(event.facts.place), event);
        break;
      case 'copies-gone':
        for (const uid of event.uids) copies.delete(placeKey({ ...event, uid }));
        break;
      case 'copy-moved': {
        const moved = copies.get(placeKey(event.from));
        copies.delete(placeKey(event.from));
        if (moved === undefined) break;
        copies.set(placeKey(event.to), { ...moved, facts: { ...moved.facts, place: event.to, role: event.role } });
        break;
      }
      case 'flags-changed':
        for (const { uid, flags } of event.changes) {
          const key = placeKey({ ...event, uid });
          const copy = copies.get(key);
          if (copy !== undefined) copies.set(key, { ...copy, facts: { ...copy.facts, flags } });
        }
        break;
      case 'mailbox-reset':
        for (const [key, { facts }] of copies) if (facts.place.mailbox === event.mailbox) copies.delete(key);
        break;
      default:
        others.push(event);
    }
  }
  return [...others, ...copies.values()];
}

/** A random order of the story's events that keeps what must come before what. */
export function retold(story: Story, random: () => number): number[] {
  const waits = story.map(({ after }) => new Set(after));
  const free = story.flatMap((_, at) => (waits[at]?.size === 0 ? [at] : []));
  const order: number[] = [];
  while (free.length > 0) {
    const [next] = free.splice(Math.floor(random() * free.length), 1);
    if (next === undefined) break;
    order.push(next);
    waits.forEach((wait, at) => {
      if (wait.delete(next) && wait.size === 0) free.push(at);
    });
  }
  return order;
}

/** Every order of a short story. */
export function* allOrders(story: Story, order: readonly number[] = []): Generator<readonly number[]> {
  if (order.length === story.length) yield order;
  for (let at = 0; at < story.length; at++) {
    const after = story[at]?.after ?? [];
    if (!order.includes(at) && after.every((before) => order.includes(before))) yield* allOrders(story, [...order, at]);
  }
}
