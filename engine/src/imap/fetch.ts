/** FETCH: heads to classify by, windows of messages, flags. Always PEEK: reading sets no `\Seen`. */
import {
  type FetchedMessage,
  type FlagChange,
  MAX_WINDOW_BYTES,
  MAX_WINDOW_MESSAGES,
  PREFIX_BYTES,
} from '@coi-webmail/protocol';
import type { FetchMessageObject } from 'imapflow';
import { must } from './errors.ts';
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

/** Outer headers of a UID set, ascending. UIDs that are gone are left out. */
export async function fetchHeads(session: ImapSession, uidSet: string): Promise<readonly MessageHeadBytes[]> {
  const query = { uid: true, flags: true, bodyParts: [{ key: 'HEADER', maxLength: HEADER_BYTES }] };
  const rows = await must('read headers', session.client.fetchAll(uidSet, query, { uid: true }));
  return rows
    .map((row) => ({ uid: row.uid, flags: flagsOf(row), header: row.headers ?? row.bodyParts?.get('header') ?? EMPTY }))
    .sort(byUid);
}

const EMPTY = new Uint8Array();

/** Flags that changed since a MODSEQ ('0' = all), for a UID set. */
export async function fetchFlags(
  session: ImapSession,
  uidSet: string,
  sinceModSeq?: string,
): Promise<readonly FlagChange[]> {
  const since = sinceModSeq === undefined ? {} : { changedSince: BigInt(sinceModSeq) };
  const rows = await must(
    'read flags',
    session.client.fetchAll(uidSet, { uid: true, flags: true }, { uid: true, ...since }),
  );
  return rows.map((row) => ({ uid: row.uid, flags: [...flagsOf(row)], modSeq: String(row.modseq ?? 0) })).sort(byUid);
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
  const rows = await must(
    'read sizes',
    session.client.fetchAll(formatUidSet(uids), { uid: true, size: true }, { uid: true }),
  );
  const planned: number[] = [];
  const rest: number[] = [];
  let bytes = 0;
  for (const row of rows.sort((one, other) => other.uid - one.uid)) {
    const carried = Math.min(row.size ?? 0, PREFIX_BYTES);
    const fits = planned.length === 0 || (planned.length < MAX_WINDOW_MESSAGES && bytes + carried <= MAX_WINDOW_BYTES);
    if (fits && rest.length === 0) {
      planned.push(row.uid);
      bytes += carried;
    } else {
      rest.push(row.uid);
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
  const rows = await must(
    'read messages',
    session.client.fetchAll(formatUidSet(plan.uids), WINDOW_QUERY, { uid: true }),
  );
  const messages: FetchedMessage[] = [];
  const rest = [...plan.rest];
  let room = MAX_WINDOW_BYTES - plan.bytes;
  for (const row of rows.sort((one, other) => other.uid - one.uid)) {
    const message = fetchedMessage(row);
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

async function completed(session: ImapSession, message: FetchedMessage): Promise<FetchedMessage> {
  const [row] = await must(
    'read a message',
    session.client.fetchAll(
      String(message.uid),
      { uid: true, source: { start: 0, maxLength: ENCRYPTED_WHOLE_BYTES } },
      { uid: true },
    ),
  );
  return row?.source === undefined ? message : { ...message, bytes: row.source, complete: true };
}

function fetchedMessage(row: FetchMessageObject): FetchedMessage {
  const bytes = row.source ?? EMPTY;
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

/** Whole messages, for the few we write ourselves (storage messages). Larger ones are cut. */
export async function fetchWhole(
  session: ImapSession,
  uids: readonly number[],
  maxBytes: number,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const found = new Map<number, Uint8Array>();
  for (const chunk of chunkUids(uids)) {
    const query = { uid: true, source: { start: 0, maxLength: maxBytes } };
    const rows = await must('read messages', session.client.fetchAll(formatUidSet(chunk), query, { uid: true }));
    for (const row of rows) found.set(row.uid, row.source ?? EMPTY);
  }
  return found;
}

function flagsOf(row: FetchMessageObject): readonly string[] {
  return [...(row.flags ?? [])];
}

function byUid(one: { readonly uid: number }, other: { readonly uid: number }): number {
  return one.uid - other.uid;
}
