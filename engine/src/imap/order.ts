/** Orders that some servers know (RFC 5256): by arrival, and by conversation. In the selected mailbox; reads only. */
import type { ImapAttribute, ImapResponse } from 'imapflow';
import { atom, execute } from './execute.ts';
import type { ImapSession } from './session.ts';

const EVERY_MESSAGE = [atom('UTF-8'), atom('ALL')] as const;

/** UIDs, the last to arrive (INTERNALDATE) first; none where the server cannot sort. */
export async function newestFirst(session: ImapSession): Promise<readonly number[]> {
  if (!session.capabilities.sort) return [];
  const uids: number[] = [];
  await execute(session.client, 'sort messages', 'UID SORT', [[atom('REVERSE'), atom('ARRIVAL')], ...EVERY_MESSAGE], {
    SORT: async ({ attributes = [] }: ImapResponse) => collect(attributes, uids),
  });
  return uids;
}

/**
 * The newest message of each conversation, newest first, and where the user wrote it the newest of somebody else, which
 * has their name. None where the server does not know conversations.
 *
 * @param own what the user wrote
 */
export async function newestOfThreads(
  session: ImapSession,
  own: () => Promise<{ has(uid: number): boolean }>,
): Promise<readonly number[]> {
  const { thread } = session.capabilities;
  const sorted = thread === undefined ? [] : await newestFirst(session);
  if (thread === undefined || sorted.length === 0) return [];
  const [rank, isOwn] = [new Map(sorted.map((uid, index) => [uid, index])), await own()];
  const heads: { readonly newest: number; readonly others: number }[] = [];
  await execute(session.client, 'find conversations', 'UID THREAD', [atom(thread), ...EVERY_MESSAGE], {
    THREAD: async ({ attributes = [] }: ImapResponse) => {
      for (const one of attributes) {
        const uids: number[] = [];
        collect([one], uids);
        heads.push({
          newest: lowest(uids, rank),
          others: lowest(
            uids.filter((uid) => !isOwn.has(uid)),
            rank,
          ),
        });
      }
    },
  });
  return heads
    .sort((one, other) => one.newest - other.newest)
    .flatMap(({ newest, others }) => [...new Set([newest, others])])
    .flatMap((index) => sorted[index] ?? []);
}

/** Infinity when none of them has a rank. */
function lowest(uids: readonly number[], rank: ReadonlyMap<number, number>): number {
  return uids.reduce((best, uid) => Math.min(best, rank.get(uid) ?? Infinity), Infinity);
}

/** Numbers of a list and of the lists in it, however deep, in their order. */
function collect(list: readonly ImapAttribute[], into: number[]): void {
  const open: { readonly list: readonly unknown[]; next: number }[] = [{ list, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (top.next === top.list.length) {
      open.pop();
      continue;
    }
    const item = top.list[top.next++] as ImapAttribute | readonly unknown[];
    if (Array.isArray(item)) open.push({ list: item, next: 0 });
    else {
      const uid = Number((item as ImapAttribute)?.value);
      if (Number.isSafeInteger(uid) && uid > 0) into.push(uid);
    }
  }
}
