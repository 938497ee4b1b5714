/** Builders for the tests of this package: messages of alice, bob and carol, and alice's view of them. */
import type { ContactAddress, DeliveryReport, MessageId, ServiceMessage, TextMessage } from '@coi-webmail/coi';
import type { ChatEvent, CopyFacts } from './event.ts';
import { reduce } from './reduce/reduce.ts';
import { selectRow } from './select/timeline.ts';
import { type ChatState, emptyState } from './state.ts';
import type { ChatId, RowId } from './view.ts';

export const ALICE = 'alice@example.test' as ContactAddress;
export const BOB = 'bob@example.test' as ContactAddress;
export const CAROL = 'carol@example.test' as ContactAddress;
export const NOON = Date.UTC(2026, 10, 24, 12);

const NAMES: Readonly<Record<string, string>> = { [ALICE]: 'Alice', [BOB]: 'Bob Builder', [CAROL]: 'Carol' };
const mailbox = (address: ContactAddress) => ({ address, name: NAMES[address] ?? '' });

export interface Written {
  readonly id: string;
  readonly from: ContactAddress;
  readonly to: readonly ContactAddress[];
  readonly text?: string;
  readonly at?: number;
  readonly answers?: string;
  readonly subject?: string;
  readonly legacy?: boolean;
  readonly groupId?: string;
  readonly groupName?: string;
  readonly delivered?: boolean;
  readonly files?: readonly string[];
  readonly authenticationResults?: readonly string[];
}

export function text(written: Written): TextMessage {
  return {
    kind: 'text',
    messageId: written.id as MessageId,
    from: mailbox(written.from),
    to: written.to.map(mailbox),
    cc: [],
    dateAt: written.at ?? NOON,
    subject: written.subject ?? written.text ?? '',
    inReplyTo: written.answers as MessageId | undefined,
    references: written.answers === undefined ? [] : [written.answers as MessageId],
    chatVersion: written.legacy === true ? undefined : '1.0',
    groupId: written.groupId,
    groupName: written.groupName,
    delivered: written.delivered ?? true,
    automatic: false,
    authenticationResults: written.authenticationResults ?? [],
    text: written.text ?? written.id,
    quote: undefined,
    fullText: undefined,
    fromHtml: false,
    attachments: (written.files ?? []).map((name, at) => ({
      part: String(at + 2),
      name,
      type: 'application/octet-stream',
      sizeBytes: 10,
      inline: false,
    })),
    truncated: false,
  };
}

export function service(written: Written, kind: string, about: string, status?: string): ServiceMessage {
  const message: ServiceMessage = {
    ...text(written),
    kind: 'service',
    service: kind,
    about: [about as MessageId],
    status,
  };
  return kind === 'bounce' || kind === 'delay' ? { ...message, report: reportOn([[BOB, kind, status]]) } : message;
}

/** A report as mail servers send them: from nobody. */
export function reportOn(
  recipients: readonly (readonly [ContactAddress, 'bounce' | 'delay' | 'delivery', (string | undefined)?])[],
): DeliveryReport {
  const actions = { bounce: 'failed', delay: 'delayed', delivery: 'delivered' } as const;
  return {
    envelopeId: undefined,
    nullSender: true,
    recipients: recipients.map(([address, kind, status]) => {
      return { address, original: undefined, action: actions[kind], status, smtpCode: undefined };
    }),
  };
}

export function facts(uid: number, change: Partial<CopyFacts> = {}): CopyFacts {
  return {
    place: { mailbox: 'INBOX', uidValidity: '1', uid },
    role: 'inbox',
    flags: [],
    internalAt: NOON,
    sizeBytes: 1000,
    digest: `digest-${uid}`,
    authservId: 'mx.example.test',
    ...change,
  };
}

export function identity(message: { readonly messageId: string | undefined; readonly from: unknown }): RowId {
  return `${message.messageId}|${(message.from as { address: string }).address}` as RowId;
}

export function seen(message: TextMessage | ServiceMessage, copy: CopyFacts): ChatEvent {
  return { kind: 'copy-seen', identity: identity(message), message, facts: copy };
}

/** Alice's chats after these events. */
export function aliceAfter(events: readonly ChatEvent[], state: ChatState = emptyState([ALICE])): ChatState {
  let next = 100;
  for (const id of state.chats.keys()) next = Math.max(next, id + 1);
  for (const event of events) reduce(state, event, { newChatId: () => next++ as ChatId });
  return state;
}

/** A text dump of all chats that names no local id: what a person sees. */
export function golden(state: ChatState): string {
  const chats = [...state.chats.values()].filter((chat) => chat.rows.length > 0 || chat.record.wanted);
  const lines = chats.map((chat) => {
    const rows = chat.rows.map((row) => {
      const view = selectRow(state, row, () => '');
      const marks = [
        view.own ? view.delivery : view.unread ? 'unread' : 'seen',
        view.deliveryReason,
        view.deliveryDetail,
        ...(view.recipients?.refused ?? []).map(({ person, reason }) => `${person.address}:${reason}`),
        view.proven ? undefined : 'unproven',
        view.provisional,
        view.collision ? 'collision' : undefined,
        view.kind === 'text' ? undefined : view.kind,
      ].filter((mark) => mark !== undefined);
      return `  ${(view.at - NOON).toFixed(3)} ${view.own ? 'me' : view.sender.name}: ${view.text} [${marks.join(' ')}]`;
    });
    return [`${chat.record.handles.join(' ')} (${chat.record.people.join(' ')})`, ...rows].join('\n');
  });
  return lines.sort().join('\n');
}

/** mulberry32: a small seeded source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
  }
  return copy;
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}
