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

/**
 * A part of the shelf as a store keeps it, so that a change writes little: the UIDs of one block of one mailbox. Plain
 * JSON; `entries` is flat: UID, index of its chat, seconds, bits.
 */
export interface ShelfBlock {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly chats: readonly ChatId[];
  readonly entries: readonly number[];
}

/** By a number that tells nothing; undefined = nothing is left of it. */
export type ShelfBlocks = ReadonlyMap<number, ShelfBlock | undefined>;

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
const BLOCK_UIDS = 4096;

export class Shelf {
  readonly #boxes = new Map<string, Box>();
  readonly #counts = new Map<ChatId, Counts>();
  /** Time of the newest entry, per chat; worked out when asked. */
  readonly #floors = new Map<ChatId, number>();
  readonly #changed = new Set<ChatId>();
  /** Number of each block, and those that the store has otherwise. */
  readonly #numbers = new Map<string, number>();
  readonly #dirty = new Set<string>();
  #lastNumber = 0;

  constructor(blocks: ShelfBlocks = new Map()) {
    for (const [number, block] of blocks) {
      this.#lastNumber = Math.max(this.#lastNumber, number);
      if (block !== undefined) this.#load(number, block);
    }
    this.#dirty.clear();
  }

  #load(number: number, { mailbox, uidValidity, chats, entries }: ShelfBlock): void {
    for (let at = 0; at + FIELDS <= entries.length; at += FIELDS) {
      const [uid = 0, chat = 0, seconds = 0, bits = 0] = entries.slice(at, at + FIELDS);
      const chatId = chats[chat];
      this.#numbers.set(blockOf(mailbox, uid), number);
      if (chatId !== undefined) this.#putAt({ mailbox, uidValidity, uid }, { chatId, at: seconds, bits });
    }
  }

  get size(): number {
    let size = 0;
    for (const { entries } of this.#boxes.values()) size += entries.size;
    return size;
  }

  /** @returns the blocks that changed since it was asked last; undefined = none */
  takeBlocks(): ShelfBlocks | undefined {
    if (this.#dirty.size === 0) return undefined;
    const blocks = new Map([...this.#dirty].map((key) => [this.#numberOf(key), this.#blockAt(key)]));
    this.#dirty.clear();
    return blocks;
  }

  #numberOf(key: string): number {
    const number = this.#numbers.get(key) ?? ++this.#lastNumber;
    this.#numbers.set(key, number);
    return number;
  }

  #blockAt(key: string): ShelfBlock | undefined {
    const [, first = '', mailbox = ''] = /^(\d+) (.*)$/s.exec(key) ?? [];
    const box = this.#boxes.get(mailbox);
    const chats = new Map<ChatId, number>();
    const entries: number[] = [];
    for (let uid = Number(first); uid < Number(first) + BLOCK_UIDS; uid++) {
      const entry = box?.entries.get(uid);
      if (entry === undefined) continue;
      const chat = chats.get(entry.chatId) ?? chats.size;
      chats.set(entry.chatId, chat);
      entries.push(uid, chat, entry.at, entry.bits);
    }
    return box === undefined || entries.length === 0
      ? undefined
      : { mailbox, uidValidity: box.uidValidity, chats: [...chats.keys()], entries };
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
    if (this.#boxOf(mailbox, uidValidity) === undefined) {
      this.#reset(mailbox);
      this.#boxes.set(mailbox, { uidValidity, entries: new Map() });
    }
    this.#drop(mailbox, uid);
    this.#boxes.get(mailbox)?.entries.set(uid, entry);
    this.#count(mailbox, uid, entry, 1);
    const floor = this.#floors.get(entry.chatId);
    if (floor !== undefined && entry.at > floor) this.#floors.set(entry.chatId, entry.at);
  }

  #drop(mailbox: string, uid: number): Entry | undefined {
    const box = this.#boxes.get(mailbox);
    const entry = box?.entries.get(uid);
    if (box === undefined || entry === undefined) return undefined;
    box.entries.delete(uid);
    this.#count(mailbox, uid, entry, -1);
    this.#floors.delete(entry.chatId);
    return entry;
  }

  #boxOf(mailbox: string, uidValidity: string): Box | undefined {
    const box = this.#boxes.get(mailbox);
    return box?.uidValidity === uidValidity ? box : undefined;
  }

  #count(mailbox: string, uid: number, { chatId, bits }: Entry, step: 1 | -1): void {
    const counts = this.#counts.get(chatId) ?? { count: 0, unread: 0, own: 0 };
    counts.count += step;
    if ((bits & UNREAD) !== 0) counts.unread += step;
    if ((bits & OWN) !== 0) counts.own += step;
    if (counts.count === 0) this.#counts.delete(chatId);
    else this.#counts.set(chatId, counts);
    this.#changed.add(chatId);
    this.#dirty.add(blockOf(mailbox, uid));
  }

  /** A fact that the fold is about to get, as far as it concerns lines out of memory. */
  see(event: ChatEvent): void {
    switch (event.kind) {
      case 'copy-seen': {
        const { place } = event.facts;
        if (this.has(place)) this.#drop(place.mailbox, place.uid);
        return;
      }
      case 'copies-gone': {
        const { mailbox, uidValidity, uids } = event;
        if (this.#boxOf(mailbox, uidValidity) !== undefined) for (const uid of uids) this.#drop(mailbox, uid);
        return;
      }
      case 'copy-moved': {
        const { from, to } = event;
        const entry = this.has(from) ? this.#drop(from.mailbox, from.uid) : undefined;
        if (entry !== undefined) this.#putAt(to, entry);
        return;
      }
      case 'flags-changed': {
        const { mailbox, uidValidity, changes } = event;
        for (const { uid, flags } of changes) this.#flag({ mailbox, uidValidity, uid }, flags);
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

  #flag(place: Place, flags: readonly string[]): void {
    const entry = this.#boxOf(place.mailbox, place.uidValidity)?.entries.get(place.uid);
    if (entry === undefined || (entry.bits & (OWN | EXTRA)) !== 0) return;
    const bits = hasFlag({ flags }, '\\Seen') ? 0 : UNREAD;
    if (bits !== entry.bits) this.#putAt(place, { ...entry, bits });
  }

  #reset(mailbox: string): void {
    for (const uid of this.#boxes.get(mailbox)?.entries.keys() ?? []) this.#drop(mailbox, uid);
    this.#boxes.delete(mailbox);
  }
}

/** Names a block: its first UID and the mailbox. */
function blockOf(mailbox: string, uid: number): string {
  return `${Math.floor(uid / BLOCK_UIDS) * BLOCK_UIDS} ${mailbox}`;
}
