/** Bytes from the engine to an event: decode, identify, digest. Never throws for what a stranger wrote. */
import { toHex } from '@coi-webmail/base';
import type { ChatEvent, CopyRole, Place, RowId } from '@coi-webmail/chat';
import { type CoiMessage, identityOf } from '@coi-webmail/coi';
import type { FetchedMessage, MailboxRole } from '@coi-webmail/protocol';
import { decodeFetched } from './decode.ts';

export type CopySeen = Extract<ChatEvent, { readonly kind: 'copy-seen' }>;

export interface ReceiveContext {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly role: MailboxRole | undefined;
  readonly authservId: string | undefined;
  /** The ENVID that this account gives a line. */
  envelopeIdOf(messageId: string): Promise<string>;
}

export async function receive(fetched: FetchedMessage, context: ReceiveContext): Promise<CopySeen> {
  const { complete, sizeBytes } = fetched;
  const message = compact(await decodeFetched(fetched.bytes, { truncated: !complete, sizeBytes }), context.authservId);
  const place: Place = { mailbox: context.mailbox, uidValidity: context.uidValidity, uid: fetched.uid };
  return {
    kind: 'copy-seen',
    identity: identityOf(message, fetched.bytes) as RowId,
    message,
    facts: {
      place,
      role: copyRoleOf(context.role),
      flags: fetched.flags,
      internalAt: fetched.internalAt,
      sizeBytes: fetched.sizeBytes,
      digest: await digestOf(fetched.bytes),
      authservId: context.authservId,
      ...((await isEnvelopeProven(message, context)) ? { envelopeProven: true } : {}),
    },
  };
}

/** A delivery report that names the secret of our submission answers it. */
async function isEnvelopeProven(message: CoiMessage, context: ReceiveContext): Promise<boolean> {
  const told = message.kind === 'service' ? message.report?.envelopeId : undefined;
  if (message.kind !== 'service' || told === undefined) return false;
  for (const about of message.about) if ((await context.envelopeIdOf(about)) === told) return true;
  return false;
}

/**
 * As small as memory can have it: strings of its own instead of cuts that hold the whole mail, and of
 * Authentication-Results only those that can count.
 */
function compact(message: CoiMessage, authservId: string | undefined): CoiMessage {
  const results = message.authenticationResults;
  const foreign = results.findIndex(
    (value) => value.trim().split(/[;\s]/, 1)[0]?.toLowerCase() !== authservId?.toLowerCase(),
  );
  const authenticationResults = foreign < 0 ? results : results.slice(0, foreign);
  return JSON.parse(JSON.stringify({ ...message, authenticationResults })) as CoiMessage;
}

export function copyRoleOf(role: MailboxRole | undefined): CopyRole {
  switch (role) {
    case 'inbox':
    case 'chats':
    case 'sent':
    case 'junk':
    case 'blocked':
      return role;
    default:
      return 'other';
  }
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}
