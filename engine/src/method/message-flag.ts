/** `message.flag`: `\Seen` and `\Flagged`, from the clients to the mailbox. Not before consent. */
import { CoiError } from '@coi-webmail/base';
import type { MessageRefData } from '@coi-webmail/protocol';
import { storeFlags } from '../imap/flag.ts';
import type { Handler } from './handler.ts';

export const messageFlag: Handler<'message.flag'> = async ({ context, filing, mode }, params) => {
  if (mode.value === null) throw new CoiError('permission-denied', 'Nothing is flagged before consent');
  const { mailbox, uidValidity, uids, add, remove } = params;
  context.mailboxes.requireRole(mailbox);
  // A line may have been filed since the client learned its place.
  const places = uids.map((uid) => filing.placeNow({ mailbox, uidValidity, uid }));
  await context.commands.run(async (session) => {
    for (const group of byMailbox(places)) {
      await session.selectExact(group.mailbox, group.uidValidity, 'write');
      await storeFlags(session, group.uids, 'add', add);
      await storeFlags(session, group.uids, 'remove', remove);
    }
  });
  return {};
};

interface Group {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly uids: number[];
}

function byMailbox(places: readonly MessageRefData[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const { mailbox, uidValidity, uid } of places) {
    const key = `${uidValidity} ${mailbox}`;
    const group = groups.get(key) ?? { mailbox, uidValidity, uids: [] };
    group.uids.push(uid);
    groups.set(key, group);
  }
  return groups.values();
}
