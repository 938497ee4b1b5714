/** For tests of the client: alice's mails and what she sees, over an engine in memory. */
import { CoiError } from '@coi-webmail/base';
import type { ChatId, RowView, TimelineView } from '@coi-webmail/chat';
import { type ContactAddress, encodeText, type MessageId } from '@coi-webmail/coi';
import type { ChatListView, Overview } from './api.ts';
import { aliceAt, NOON, settle, type Submitted, type TestClient, TestClock, TestEngine } from './engine.fixture.ts';

export const ALICE = 'alice@example.test' as ContactAddress;
export const BOB = 'bob@example.test' as ContactAddress;
export const CAROL = 'carol@example.test' as ContactAddress;

/** A chat mail as the mail server delivers it. */
export function chatMail(
  id: string,
  from: ContactAddress,
  text: string,
  at = NOON,
  answers?: string,
  to = from === ALICE ? BOB : ALICE,
): Uint8Array {
  const bytes = encodeText({
    messageId: id as MessageId,
    from: { address: from, name: '' },
    to: [{ address: from === ALICE ? to : ALICE, name: '' }],
    dateAt: at,
    text,
    references: answers === undefined ? [] : [answers as MessageId],
    ...(answers === undefined ? {} : { inReplyTo: answers as MessageId }),
  });
  return Buffer.concat([Buffer.from('Received: from mx\r\n'), bytes]);
}

export function plainMail(id: string, from: ContactAddress, answers: string, text: string): Uint8Array {
  const head = [
    `From: <${from}>`,
    `To: <${ALICE}>`,
    'Subject: Re: x',
    `Message-ID: <${id}>`,
    `In-Reply-To: <${answers}>`,
  ];
  return Buffer.from(['Received: from mx', ...head, '', text, ''].join('\r\n'));
}

/** Its reader shows that a line was read. */
export function receipt(id: string, from: ContactAddress, about: string): Uint8Array {
  const type = 'Content-Type: multipart/report; report-type=disposition-notification; boundary=b';
  const head = [
    'Received: from mx',
    `From: <${from}>`,
    `To: <${ALICE}>`,
    `Message-ID: <${id}>`,
    'Chat-Version: 1.0',
    type,
  ];
  const said = ['--b', '', 'Read.', '--b', 'Content-Type: message/disposition-notification', ''];
  const fields = [`Original-Message-ID: <${about}>`, 'Disposition: manual-action/MDN-sent-automatically; displayed'];
  return Buffer.from([...head, '', ...said, ...fields, '', '--b--', ''].join('\r\n'));
}

export function bounce(id: string, about: string): Uint8Array {
  return Buffer.from(
    [
      'Return-Path: <>',
      'Received: from mx',
      'From: <mailer-daemon@example.test>',
      `To: <${ALICE}>`,
      `Message-ID: <${id}>`,
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx',
      '',
      'Final-Recipient: rfc822; bob@example.test',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${about}>`,
      '',
      '--b--',
      '',
    ].join('\r\n'),
  );
}

export async function start(prepare: (engine: TestEngine) => void = () => undefined): Promise<TestClient> {
  const engine = new TestEngine(new TestClock());
  prepare(engine);
  return aliceAt(engine);
}

export async function chatWith({ api }: TestClient, address: string): Promise<ChatId> {
  const chatId = await api.startChat([address]);
  await settle();
  return chatId;
}

export async function rows({ api }: TestClient, chatId: ChatId): Promise<readonly RowView[]> {
  let view: TimelineView | undefined;
  const watch = await api.watchTimeline({ chatId, count: 1000 }, (value) => {
    view = value;
  });
  await settle();
  await api.unwatch(watch);
  return view?.rows ?? [];
}

export async function chats({ api }: TestClient, filter: 'all' | 'requests' = 'all'): Promise<ChatListView['chats']> {
  let list: ChatListView | undefined;
  const watch = await api.watchChats({ filter, search: '' }, (value) => {
    list = value;
  });
  await settle();
  await api.unwatch(watch);
  return list?.chats ?? [];
}

export const brief = (row: RowView | undefined) => `${row?.text}: ${row?.delivery ?? row?.provisional ?? 'there'}`;

/** Bob is known to use chat, and alice has answered him. */
export function withBob(engine: TestEngine): void {
  engine.put('COI/Chats', chatMail('chat$bob1@x', BOB, 'Hello', NOON - 60_000));
  engine.put('COI/Chats', chatMail('chat$alice1@x', ALICE, 'Hi', NOON - 50_000, 'chat$bob1@x'), {
    flags: ['$CoiOwn', '\\Seen'],
  });
}

export const unknown = async () => ({ state: 'unknown' as const, rejected: [] });
export const noAnswer = () => new Promise<never>(() => undefined);
export const refused = async (): Promise<never> => {
  throw new CoiError('recipient-rejected', 'Refused', { details: { smtpCode: 550, status: '5.1.1' } });
};

export async function overview({ api }: TestClient): Promise<Overview | undefined> {
  let value: Overview | undefined;
  const watch = await api.watchOverview((told) => {
    value = told;
  });
  await settle();
  await api.unwatch(watch);
  return value;
}

/** The text of a request. */
export const lineOf = (request: Submitted | undefined) =>
  /\r\n\r\n(.+)\r\n/.exec(Buffer.from(request?.bytes ?? []).toString())?.[1];
