/**
 * FETCH: heads to classify by, windows of messages, flags. Always PEEK: reading sets no `\Seen`.
 *
 * Servers put news into the answer of a FETCH: rows of other messages, and rows with nothing but flags. Those count as
 * flags, never as a message without bytes.
 */
import {
  type FetchedMessage,
  type FlagChange,
  MAX_WINDOW_BYTES,
  MAX_WINDOW_MESSAGES,
  PREFIX_BYTES,
} from '@coi-webmail/protocol';
import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { toImapError } from './errors.ts';
import type { ImapSession } from './session.ts';
import { chunkUids, formatUidSet } from './uid-set.ts';

/** Header section that we look at; longer ones are cut. */
const HEADER_BYTES = 32_768;
/** `multipart/encrypted` up to this size is carried whole: a part of it is of no use. */
export const ENCRYPTED_WHOLE_BYTES = 512 * 1024;

export interface MessageHeadBytes {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly header: Uint8Array;
}

/** One row at a time, as the server sends them: the next one is read when this one was taken. */
async function* rows(
  session: ImapSession,
  attempted: string,
  uidSet: string,
  query: FetchQueryObject,
  changedSince?: bigint,
): AsyncGenerator<FetchMessageObject, void, undefined> {
  const since = changedSince === undefined ? {} : { changedSince };
  try {
    yield* session.client.fetch(uidSet, query, { uid: true, ...since });
  } catch (cause) {
    throw toImapError(cause, attempted);
  }
}

const HEAD_QUERY = { uid: true, flags: true, bodyParts: [{ key: 'HEADER', maxLength: HEADER_BYTES }] };

/** Outer headers of a UID set, one at a time. UIDs that are gone are left out. */
export async function* eachHead(
  session: ImapSession,
  uidSet: string,
): AsyncGenerator<MessageHeadBytes, void, undefined> {
  for await (const row of rows(session, 'read headers', uidSet, HEAD_QUERY)) {
    const header = row.headers ?? row.bodyParts?.get('header');
    if (header !== undefined && header !== null) yield { uid: row.uid, flags: flagsOf(row), header };
  }
}

/** Outer headers of a few messages, ascending. UIDs that are gone are left out. */
export async function fetchHeads(session: ImapSession, uidSet: string): Promise<readonly MessageHeadBytes[]> {
  const heads: MessageHeadBytes[] = [];
  for await (const head of eachHead(session, uidSet)) heads.push(head);
  return heads.sort(byUid);
}

/** Flags of a UID set, one message at a time; with a MODSEQ only those that changed since. */
export async function* eachFlags(
  session: ImapSession,
  uidSet: string,
  sinceModSeq?: string,
): AsyncGenerator<FlagChange, void, undefined> {
  const since = sinceModSeq === undefined ? undefined : BigInt(sinceModSeq);
  for await (const row of rows(session, 'read flags', uidSet, { uid: true, flags: true }, since)) {
    if (row.uid !== undefined) yield { uid: row.uid, flags: [...flagsOf(row)], modSeq: String(row.modseq ?? 0) };
  }
}

export interface Window {
  readonly messages: FetchedMessage[];
  /** Asked for and there, but too much for one answer. */
  readonly rest: number[];
}

export interface WindowPlan {
  readonly uids: readonly number[];
  readonly rest: readonly number[];
  readonly bytes: number;
}

/** Which of the messages fit into one answer, newest first; at least one always does. Reads sizes only. */
export async function planWindow(session: ImapSession, uids: readonly number[]): Promise<WindowPlan> {
  const asked = new Set(uids);
  const sizes = new Map<number, number>();
  for await (const { uid, size } of rows(session, 'read sizes', formatUidSet(uids), { uid: true, size: true })) {
    if (size !== undefined && asked.has(uid)) sizes.set(uid, size);
  }
  const planned: number[] = [];
  const rest: number[] = [];
  let bytes = 0;
  for (const [uid, size] of [...sizes].sort(([one], [other]) => other - one)) {
    const carried = Math.min(size, PREFIX_BYTES);
    const fits = planned.length === 0 || (planned.length < MAX_WINDOW_MESSAGES && bytes + carried <= MAX_WINDOW_BYTES);
    if (fits && rest.length === 0) {
      planned.push(uid);
      bytes += carried;
    } else {
      rest.push(uid);
    }
  }
  return { uids: planned, rest, bytes };
}

const WINDOW_QUERY = {
  uid: true,
  flags: true,
  internalDate: true,
  size: true,
  source: { start: 0, maxLength: PREFIX_BYTES },
} as const;

/** Fetches what a plan says, in one FETCH; the rest of encrypted mail follows message by message. */
export async function fetchWindow(session: ImapSession, plan: WindowPlan): Promise<Window> {
  if (plan.uids.length === 0) return { messages: [], rest: [...plan.rest] };
  const fetched = await fetchPlanned(session, plan.uids);
  const messages: FetchedMessage[] = [];
  const rest = [...plan.rest];
  let room = MAX_WINDOW_BYTES - plan.bytes;
  for (const message of fetched) {
    if (message.complete || message.sizeBytes > ENCRYPTED_WHOLE_BYTES || !isEncrypted(message.bytes)) {
      messages.push(message);
      continue;
    }
    const missing = message.sizeBytes - message.bytes.length;
    if (missing > room && messages.length > 0) {
      rest.push(message.uid);
      continue;
    }
    room -= missing;
    messages.push(await completed(session, message));
  }
  return { messages, rest };
}

/** Newest first. Flags that the server told last count. */
async function fetchPlanned(session: ImapSession, uids: readonly number[]): Promise<readonly FetchedMessage[]> {
  const asked = new Set(uids);
  const found = new Map<number, FetchedMessage>();
  for await (const row of rows(session, 'read messages', formatUidSet(uids), WINDOW_QUERY)) {
    const known = found.get(row.uid);
    if (row.source !== undefined && asked.has(row.uid)) found.set(row.uid, fetchedMessage(row, row.source));
    else if (known !== undefined) {
      found.set(row.uid, { ...known, flags: [...flagsOf(row)], modSeq: String(row.modseq ?? known.modSeq) });
    }
  }
  return [...found.values()].sort((one, other) => other.uid - one.uid);
}

async function completed(session: ImapSession, message: FetchedMessage): Promise<FetchedMessage> {
  const whole = (await fetchWhole(session, [message.uid], ENCRYPTED_WHOLE_BYTES)).get(message.uid);
  return whole === undefined ? message : { ...message, bytes: whole, complete: true };
}

function fetchedMessage(row: FetchMessageObject, bytes: Uint8Array): FetchedMessage {
  const sizeBytes = row.size ?? bytes.length;
  return {
    uid: row.uid,
    flags: [...flagsOf(row)],
    modSeq: String(row.modseq ?? 0),
    internalAt: row.internalDate === undefined ? 0 : new Date(row.internalDate).getTime() || 0,
    sizeBytes,
    bytes,
    // RFC822.SIZE counts CRLF line ends; a few servers get it wrong, so a short answer is complete too.
    complete: bytes.length < PREFIX_BYTES || bytes.length >= sizeBytes,
  };
}

const HEADER_END = /\r?\n\r?\n/;

function isEncrypted(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_BYTES)).toString('latin1');
  const header = start.slice(0, HEADER_END.exec(start)?.index ?? start.length);
  return /^content-type:\s*multipart\/encrypted\b/im.test(header);
}

/** Whole messages, for the few we write ourselves (storage messages) and encrypted ones. Larger ones are cut. */
export async function fetchWhole(
  session: ImapSession,
  uids: readonly number[],
  maxBytes: number,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const found = new Map<number, Uint8Array>();
  for (const chunk of chunkUids(uids)) {
    const query = { uid: true, source: { start: 0, maxLength: maxBytes } };
    for await (const { uid, source } of rows(session, 'read messages', formatUidSet(chunk), query)) {
      if (source !== undefined) found.set(uid, source);
    }
  }
  return found;
}

function flagsOf(row: FetchMessageObject): readonly string[] {
  return [...(row.flags ?? [])];
}

function byUid(one: { readonly uid: number }, other: { readonly uid: number }): number {
  return one.uid - other.uid;
}
