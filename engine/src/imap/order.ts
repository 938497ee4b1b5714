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

/** The newest message of each conversation, newest first; none where the server does not know conversations. */
export async function newestOfThreads(session: ImapSession): Promise<readonly number[]> {
  const { thread } = session.capabilities;
  const sorted = thread === undefined ? [] : await newestFirst(session);
  if (thread === undefined || sorted.length === 0) return [];
  const rank = new Map(sorted.map((uid, index) => [uid, index]));
  const heads: number[] = [];
  await execute(session.client, 'find conversations', 'UID THREAD', [atom(thread), ...EVERY_MESSAGE], {
    THREAD: async ({ attributes = [] }: ImapResponse) => {
      for (const one of attributes) {
        const uids: number[] = [];
        collect([one], uids);
        const best = uids.reduce((lowest, uid) => Math.min(lowest, rank.get(uid) ?? Infinity), Infinity);
        if (best !== Infinity) heads.push(best);
      }
    },
  });
  return heads.sort((one, other) => one - other).map((index) => sorted[index] ?? 0);
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
