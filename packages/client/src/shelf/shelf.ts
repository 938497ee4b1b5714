/**
 * Where lines lie that are out of memory: per mailbox the UID, and for each its chat, its time, and whether it is unread.
 * Their mails are fetched again when somebody scrolls to them; what the server tells of them meanwhile is kept up here.
 */
import {
  type ChatEvent,
  type ChatId,
  hasFlag,
  isUnread,
  type Place,
  type RowRecord,
  type Shelved,
} from '@coi-webmail/chat';

interface Entry {
  readonly chatId: ChatId;
  /** Seconds. */
  readonly at: number;
  readonly bits: number;
}

/** Counts as an unread line. */
const UNREAD = 1;
const OWN = 2;
/** A further copy of a line, or a receipt about one: no line by itself. */
const EXTRA = 4;

interface Box {
  readonly uidValidity: string;
  readonly entries: Map<number, Entry>;
}

/** Plain JSON: [mailbox, uidValidity, flat list of (UID, index of chat, seconds, bits)]. */
export interface ShelfDocument {
  readonly chats: readonly ChatId[];
  readonly boxes: readonly (readonly [mailbox: string, uidValidity: string, entries: readonly number[]])[];
}

export interface ShelvedPlaces {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uids: readonly number[];
}

interface Counts {
  count: number;
  unread: number;
  own: number;
}

const FIELDS = 4;

export class Shelf {
  readonly #boxes = new Map<string, Box>();
  readonly #counts = new Map<ChatId, Counts>();
  /** Time of the newest entry, per chat; worked out when asked. */
  readonly #floors = new Map<ChatId, number>();
  readonly #changed = new Set<ChatId>();
  #isDirty = false;

  constructor(document?: ShelfDocument | undefined) {
    for (const [mailbox, uidValidity, flat] of document?.boxes ?? []) {
      const box: Box = { uidValidity, entries: new Map() };
      this.#boxes.set(mailbox, box);
      for (let at = 0; at + FIELDS <= flat.length; at += FIELDS) {
        const [uid = 0, chat = 0, seconds = 0, bits = 0] = flat.slice(at, at + FIELDS);
        const chatId = document?.chats[chat];
        if (chatId !== undefined) this.#put(box, uid, { chatId, at: seconds, bits });
      }
    }
    this.#isDirty = false;
  }

  get size(): number {
    let size = 0;
    for (const { entries } of this.#boxes.values()) size += entries.size;
    return size;
  }

  /** @returns undefined when nothing changed since it was asked last */
  takeDocument(): ShelfDocument | undefined {
    if (!this.#isDirty) return undefined;
    this.#isDirty = false;
    const chats = new Map([...this.#counts.keys()].map((chatId, at) => [chatId, at]));
    const boxes = [...this.#boxes].map(([mailbox, { uidValidity, entries }]) => {
      const flat: number[] = [];
      for (const [uid, { chatId, at, bits }] of entries) flat.push(uid, chats.get(chatId) ?? 0, at, bits);
      return [mailbox, uidValidity, flat] as const;
    });
    return { chats: [...chats.keys()], boxes };
  }

  /** What chats have out of memory, of those where that changed since it was asked last. */
  takeChanged(): ReadonlyMap<ChatId, Shelved> {
    const changed = new Map([...this.#changed].map((chatId) => [chatId, this.#shelvedOf(chatId)]));
    this.#changed.clear();
    return changed;
  }

  #shelvedOf(chatId: ChatId): Shelved {
    return { ...(this.#counts.get(chatId) ?? { count: 0, unread: 0, own: 0 }) };
  }

  has({ mailbox, uidValidity, uid }: Place): boolean {
    return this.#boxOf(mailbox, uidValidity)?.entries.has(uid) === true;
  }

  uidsIn(mailbox: string, uidValidity: string): Iterable<number> {
    return this.#boxOf(mailbox, uidValidity)?.entries.keys() ?? [];
  }

  /** Lines of the chat up to this time are out of memory, epoch ms; undefined = none are. */
  floorOf(chatId: ChatId): number | undefined {
    if (!this.#counts.has(chatId)) return undefined;
    let floor = this.#floors.get(chatId);
    if (floor === undefined) {
      floor = Number.NEGATIVE_INFINITY;
      for (const [, , entry] of this.#entriesOf(chatId)) floor = Math.max(floor, entry.at);
      this.#floors.set(chatId, floor);
    }
    return floor * 1000;
  }

  /** Where the newest of the chat's lines lie. */
  newest(chatId: ChatId, count: number): readonly ShelvedPlaces[] {
    const found = [...this.#entriesOf(chatId)].sort(([, , one], [, , other]) => other.at - one.at).slice(0, count);
    const groups = Map.groupBy(found, ([mailbox]) => mailbox);
    return [...groups].map(([mailbox, group]) => ({
      mailbox,
      uidValidity: this.#boxes.get(mailbox)?.uidValidity ?? '',
      uids: group.map(([, uid]) => uid),
    }));
  }

  *#entriesOf(chatId: ChatId): Iterable<readonly [mailbox: string, uid: number, entry: Entry]> {
    for (const [mailbox, { entries }] of this.#boxes) {
      for (const [uid, entry] of entries) if (entry.chatId === chatId) yield [mailbox, uid, entry];
    }
  }

  /** The row leaves memory, with these receipts and bounces about it. */
  put(row: RowRecord, services: Iterable<{ readonly copies: RowRecord['copies'] }>): void {
    const { chatId } = row;
    const at = Math.floor(row.at / 1000);
    const bits = (isUnread(row) ? UNREAD : 0) | (row.own ? OWN : 0);
    for (const [index, { place }] of row.copies.entries()) {
      this.#putAt(place, { chatId, at, bits: index === 0 ? bits : EXTRA });
    }
    for (const { copies } of services) for (const { place } of copies) this.#putAt(place, { chatId, at, bits: EXTRA });
  }

  #putAt({ mailbox, uidValidity, uid }: Place, entry: Entry): void {
    let box = this.#boxOf(mailbox, uidValidity);
    if (box === undefined) {
      this.#reset(mailbox);
      box = { uidValidity, entries: new Map() };
      this.#boxes.set(mailbox, box);
    }
    this.#put(box, uid, entry);
  }

  #boxOf(mailbox: string, uidValidity: string): Box | undefined {
    const box = this.#boxes.get(mailbox);
    return box?.uidValidity === uidValidity ? box : undefined;
  }

  #put(box: Box, uid: number, entry: Entry): void {
    this.#drop(box, uid);
    box.entries.set(uid, entry);
    this.#count(entry, 1);
    const floor = this.#floors.get(entry.chatId);
    if (floor !== undefined && entry.at > floor) this.#floors.set(entry.chatId, entry.at);
  }

  #drop(box: Box | undefined, uid: number): Entry | undefined {
    const entry = box?.entries.get(uid);
    if (box === undefined || entry === undefined) return undefined;
    box.entries.delete(uid);
    this.#count(entry, -1);
    this.#floors.delete(entry.chatId);
    return entry;
  }

  #count({ chatId, bits }: Entry, step: 1 | -1): void {
    const counts = this.#counts.get(chatId) ?? { count: 0, unread: 0, own: 0 };
    counts.count += step;
    if ((bits & UNREAD) !== 0) counts.unread += step;
    if ((bits & OWN) !== 0) counts.own += step;
    if (counts.count === 0) this.#counts.delete(chatId);
    else this.#counts.set(chatId, counts);
    this.#changed.add(chatId);
    this.#isDirty = true;
  }

  /** A fact that the fold is about to get, as far as it concerns lines out of memory. */
  see(event: ChatEvent): void {
    switch (event.kind) {
      case 'copy-seen': {
        const { mailbox, uidValidity, uid } = event.facts.place;
        this.#drop(this.#boxOf(mailbox, uidValidity), uid);
        return;
      }
      case 'copies-gone': {
        const box = this.#boxOf(event.mailbox, event.uidValidity);
        for (const uid of event.uids) this.#drop(box, uid);
        return;
      }
      case 'copy-moved': {
        const entry = this.#drop(this.#boxOf(event.from.mailbox, event.from.uidValidity), event.from.uid);
        if (entry !== undefined) this.#putAt(event.to, entry);
        return;
      }
      case 'flags-changed': {
        const box = this.#boxOf(event.mailbox, event.uidValidity);
        if (box !== undefined) for (const { uid, flags } of event.changes) this.#flag(box, uid, flags);
        return;
      }
      case 'mailbox-reset':
        this.#reset(event.mailbox);
        return;
      default:
        // Of no place.
        return;
    }
  }

  #flag(box: Box, uid: number, flags: readonly string[]): void {
    const entry = box.entries.get(uid);
    if (entry === undefined || (entry.bits & (OWN | EXTRA)) !== 0) return;
    const bits = hasFlag({ flags }, '\\Seen') ? 0 : UNREAD;
    if (bits !== entry.bits) this.#put(box, uid, { ...entry, bits });
  }

  #reset(mailbox: string): void {
    const box = this.#boxes.get(mailbox);
    if (box === undefined) return;
    for (const uid of box.entries.keys()) this.#drop(box, uid);
    this.#boxes.delete(mailbox);
    this.#isDirty = true;
  }
}
