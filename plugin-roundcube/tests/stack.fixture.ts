/** Mail, webmail and engine for live tests: the stack that runs already, or one of this file's own. */
import { after, before } from 'node:test';
import { Mailbox } from '@coi-webmail/e2e/fixture/mailbox.ts';
import { freshChatId, freshMessageId, mailSource } from '@coi-webmail/e2e/fixture/mail.ts';
import { RoundcubeHttp } from '@coi-webmail/e2e/fixture/roundcube-http.ts';
import { signOn, Wire } from '@coi-webmail/e2e/fixture/wire.ts';
import { type AttachedStack, attachStack, type Pool, type Stack, startStack, type User } from '@coi-webmail/e2e/stack';

type SharedStack = Pick<AttachedStack, 'info' | 'freshUser' | 'startImapTrace' | 'imapTrace'>;

export interface LiveStack {
  readonly shared: SharedStack;
  /** @throws Error unless the file asked for one of its own */
  readonly own: Stack;
}

export function useStack(wantsOwn = false): LiveStack {
  let shared: SharedStack | undefined;
  let own: Stack | undefined;
  before(async () => {
    if (!wantsOwn && process.env['COI_STACK']) {
      shared = attachStack();
      return;
    }
    own = await startStack();
    shared = own;
  });
  after(() => own?.stop());
  return {
    get shared() {
      if (shared === undefined) throw new Error('The stack is not up yet');
      return shared;
    },
    get own() {
      if (own === undefined) throw new Error('This file has no stack of its own');
      return own;
    },
  };
}

export interface Person {
  readonly user: User;
  readonly mailbox: Mailbox;
  readonly webmail: string;
}

export async function newPerson({ shared }: LiveStack, pool?: Pool): Promise<Person> {
  const user = await shared.freshUser(pool);
  return { user, mailbox: new Mailbox(shared.info, user), webmail: shared.info.urls.webmail ?? '' };
}

/** The user's yes, as the chat client gives it. */
export async function consent({ shared }: LiveStack, { user }: Person, mode: 'active' | 'none'): Promise<void> {
  const wire = await Wire.connect(await signOn(shared.info.urls.engine, user));
  await wire.call('mode.set', { mode });
  wire.close();
}

export function openWebmail({ user, webmail }: Person): Promise<RoundcubeHttp> {
  return RoundcubeHttp.signIn(webmail, user);
}

/** Fields of the list request that the page sends after a click on the Chat side. */
export async function chatSide(webmail: RoundcubeHttp): Promise<Readonly<Record<string, string>>> {
  const answer = await webmail.post('plugin.coi.view', { _kind: 'chat', _mbox: 'INBOX' });
  const [, place] = answer.callbacks?.[0] ?? [];
  const { mailbox, search } = (place ?? {}) as { readonly mailbox?: string | null; readonly search?: string | null };
  return { _mbox: mailbox ?? 'INBOX', _coi_view: 'chat', ...(search ? { _search: search } : {}) };
}

const RECEIVED = 'Received: from far.test by mail.example.test';

export function mail(to: string, name: string): string {
  return mailSource({ from: 'Ann <ann@far.test>', to, subject: `mail ${name}`, text: 'ordinary', headers: [RECEIVED] });
}

export const CHAT_MARKS = ['chat-version', 'message-id', 'references'] as const;

/** A chat line that only one of the marks gives away. */
export function chat(to: string, name: string, mark: (typeof CHAT_MARKS)[number]): string {
  const common = { from: 'Bob <bob@far.test>', to, subject: `chat ${name}`, text: 'chat' };
  if (mark === 'message-id') return mailSource({ ...common, messageId: freshChatId(), headers: [RECEIVED] });
  if (mark === 'chat-version') {
    return mailSource({ ...common, messageId: freshMessageId(), headers: [RECEIVED, 'Chat-Version: 1.0'] });
  }
  const first = freshChatId();
  const headers = [RECEIVED, `References: ${first}\r\n ${freshMessageId()}`, `In-Reply-To: ${first}`];
  return mailSource({ ...common, messageId: freshMessageId(), headers });
}
