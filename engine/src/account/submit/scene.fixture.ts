/** For live tests: alice on a real mailbox, sending through an SMTP server that is told what to say. */
import type { Params, Result } from '@coi-webmail/protocol';
import { at } from '@coi-webmail/e2e/stack';
import { type FakeServer, type Script, startFakeServer } from '../../smtp/fake-server.fixture.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import {
  chatId,
  type LiveStack,
  mail,
  MODE,
  newHub,
  person,
  type Person,
  type PersonOptions,
} from '../account.fixture.ts';
import { claimKey } from './claim-note.ts';

export type Submit = Params<'message.submit'>;

export interface Scene {
  readonly server: FakeServer;
  readonly store: MemoryStore;
  readonly hub: ReturnType<typeof newHub>;
  readonly alice: Person;
  /** Alice at another engine process. */
  elsewhere(): Promise<Person>;
}

/** Ends all that it started, also when the play fails. */
export async function scene(
  live: LiveStack,
  script: Script,
  options: PersonOptions,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const server = await startFakeServer(script);
  const [store, hub] = [new MemoryStore(), newHub()];
  const smtp = { host: '127.0.0.1', port: server.port, tls: 'none' as const };
  const open: Person[] = [];
  const join = async (more: PersonOptions) => {
    const issuer = { ...options.issuer, smtp };
    const someone = await person(live, { ...options, deps: { store, hub, ...options.deps }, issuer, ...more });
    open.push(someone);
    await someone.account.call('mode.set', { mode: MODE });
    await someone.account.call('submit.warm', {});
    return someone;
  };
  try {
    const alice = await join({});
    await play({ server, store, hub, alice, elsewhere: () => join({ user: alice.user }) });
  } finally {
    for (const someone of open) await someone.stop();
    await server.stop();
  }
}

export function lineFrom(alice: Person, recipients: readonly string[]): Submit {
  const messageId = chatId();
  const headers = {
    From: alice.user.address,
    To: recipients.join(', '),
    'Message-ID': `<${messageId}>`,
    'Chat-Version': '1.0',
  };
  return { messageId, bytes: mail(headers), recipients: [...recipients], attempt: 0 };
}

export const send = (who: Person, line: Submit): Promise<Result<'message.submit'>> =>
  who.account.call('message.submit', line);

export function keyOf(alice: Person, { messageId }: Submit): string {
  return claimKey(alice.account.identity.hash, messageId);
}

/** Flags of each own copy in the chats mailbox. */
export async function chatFlags(who: Person): Promise<string[]> {
  const imap = await who.imap();
  await imap.command(`EXAMINE ${at('COI/Chats')}`);
  const text = await imap.command('UID FETCH 1:* (FLAGS)').catch(() => '');
  await imap.logout();
  return [...text.matchAll(/FLAGS \(([^)]*)\)/g)].map((match) => (match[1] ?? '').replace(/\\Recent ?/, '').trim());
}
