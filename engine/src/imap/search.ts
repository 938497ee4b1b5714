/** SEARCH by UID in the selected mailbox. Never on the way of a line being sent. */
import type { SearchObject } from 'imapflow';
import { must } from './errors.ts';
import type { ImapSession } from './session.ts';

/** @returns UIDs >= `from`, ascending. `n:*` alone would name the last message even below n. */
export async function searchUids(session: ImapSession, from: number, query: SearchObject): Promise<readonly number[]> {
  const found = await must('search', session.client.search({ uid: `${from}:*`, ...query }, { uid: true }));
  return found.filter((uid) => uid >= from).sort((one, other) => one - other);
}

/** Lowest UID among the newest `count` messages of the selected mailbox; 1 when it holds fewer. */
export async function lowestOfNewest(session: ImapSession, count: number, messageCount: number): Promise<number> {
  if (messageCount <= count) return 1;
  const row = await must('search', session.client.fetchOne(String(messageCount - count + 1), { uid: true }));
  return row.uid;
}
