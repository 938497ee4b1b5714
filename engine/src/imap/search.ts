/** SEARCH by UID in the selected mailbox. Never on the way of a line being sent. */
import type { SearchObject } from 'imapflow';
import { must } from './errors.ts';
import type { ImapSession } from './session.ts';
import { UidSet } from './uid-set.ts';

/** More UIDs than any mailbox has that we serve; what a hostile server says beyond is not read. */
const MAX_FOUND = 5_000_000;

/** @returns UIDs >= `from`, ascending. `n:*` alone would name the last message even below n. */
export async function searchUids(session: ImapSession, from: number, query: SearchObject): Promise<readonly number[]> {
  return [...(await searchSet(session, from, query))];
}

/** As {@link searchUids}, for what may be many. Short on the wire, too, where the server knows ESEARCH (RFC 4731). */
export async function searchSet(session: ImapSession, from: number, query: SearchObject, to?: number): Promise<UidSet> {
  const range = { uid: `${from}:${to ?? '*'}`, ...query };
  const found = await must('search', session.client.search(range, { uid: true, returnOptions: ['ALL'] }));
  const set = Array.isArray(found) ? UidSet.of(found) : UidSet.parse(found.all ?? '', MAX_FOUND);
  return set.between(from, to);
}

/** Lowest UID among the newest `count` messages of the selected mailbox; 1 when it holds fewer. */
export async function lowestOfNewest(session: ImapSession, count: number, messageCount: number): Promise<number> {
  if (messageCount <= count) return 1;
  const row = await must('search', session.client.fetchOne(String(messageCount - count + 1), { uid: true }));
  return row.uid;
}
