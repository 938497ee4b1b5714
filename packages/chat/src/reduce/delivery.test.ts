/** What delivery reports say of own lines, and which of them are believed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageId, ReportedRecipient, ServiceMessage } from '@coi-webmail/coi';
import type { ChatEvent, CopyFacts, OutboxLine } from '../event.ts';
import {
  ALICE,
  aliceAfter,
  BOB,
  CAROL,
  facts,
  identity,
  NOON,
  permutations,
  reportOn,
  seen,
  text,
} from '../test-story.ts';
import { selectRow } from '../select/timeline.ts';
import type { ChatId } from '../view.ts';
import { refusalDetail, refusalReason } from './refusal.ts';

const DAEMON = 'mailer-daemon@mx.test' as typeof BOB;
const hello = text({ id: 'chat$1@x', from: ALICE, to: [BOB], text: 'Hello', delivered: false });
const plan = text({ id: 'chat$2@x', from: ALICE, to: [BOB, CAROL], text: 'Plan', delivered: false });
const ownCopy = { role: 'chats', flags: ['$CoiOwn', '\\Seen'] } as const;

type Fate = Parameters<typeof reportOn>[0][number];

interface ReportOptions {
  readonly id?: string;
  readonly about?: string;
  readonly change?: Partial<CopyFacts>;
  readonly message?: Partial<ServiceMessage>;
  readonly recipient?: Partial<ReportedRecipient>;
}

let uid = 50;
function report(fates: readonly Fate[], options: ReportOptions = {}): ChatEvent {
  const { id = `dsn${(uid += 1)}@mx`, about = 'chat$2@x' } = options;
  const told = reportOn(fates);
  const message: ServiceMessage = {
    ...text({ id, from: DAEMON, to: [ALICE] }),
    kind: 'service',
    service: fates[0]?.[1] ?? 'bounce',
    about: [about as MessageId],
    status: undefined,
    report: { ...told, recipients: told.recipients.map((each) => ({ ...each, ...options.recipient })) },
    ...options.message,
  };
  return seen(message, facts((uid += 1), options.change));
}

function reply(from: typeof BOB, answers: string): ChatEvent {
  return seen(text({ id: `re-${from}`, from, to: [ALICE], answers, at: NOON + 1000 }), facts((uid += 1)));
}

function receipt(from: typeof BOB, about: string): ChatEvent {
  const message = text({ id: `read-${from}`, from, to: [ALICE] });
  return seen(
    { ...message, kind: 'service', service: 'receipt', about: [about as MessageId], status: undefined },
    facts((uid += 1)),
  );
}

/** How the line stands, whatever came first. */
function standing(line: typeof hello, events: readonly ChatEvent[]): string {
  const all = [seen(line, facts(1, ownCopy)), ...events];
  const shown = permutations(all).map((order) => {
    const state = aliceAfter([...order, ...order]);
    const row = state.rows.get(identity(line));
    assert.ok(row !== undefined);
    const { delivery, deliveryReason, deliveryDetail, recipients } = selectRow(state, row, () => '');
    const refused =
      recipients?.refused.map(({ person, reason, detail }) => `${person.address}:${reason}:${detail}`) ?? [];
    return [delivery, deliveryReason, deliveryDetail, ...refused].filter((part) => part !== undefined).join(' ');
  });
  assert.equal(new Set(shown).size, 1, `the order mattered: ${[...new Set(shown)].join(' | ')}`);
  return shown[0] ?? '';
}

test('the only recipient failed: the line failed, with a reason that a person understands', () => {
  const told = [report([[BOB, 'bounce', '5.2.2']], { about: 'chat$1@x', recipient: { smtpCode: 552 } })];
  assert.equal(standing(hello, told), 'failed recipient-full 552 5.2.2');
});

test('one of two failed: the line is sent, and names who did not get it', () => {
  const bounce = report([[BOB, 'bounce', '5.1.1']]);
  assert.equal(standing(plan, [bounce]), 'sent bob@example.test:recipient-unknown:5.1.1');
  assert.equal(standing(plan, [bounce, receipt(CAROL, 'chat$2@x')]), 'read bob@example.test:recipient-unknown:5.1.1');
});

test('all failed, each in a report of its own: the line failed', () => {
  const told = [report([[BOB, 'bounce', '5.1.1']]), report([[CAROL, 'bounce', '5.7.1']])];
  assert.equal(
    standing(plan, told),
    'failed bounced 5.1.1 bob@example.test:recipient-unknown:5.1.1 carol@example.test:refused:5.7.1',
  );
});

test('a delay is no failure, and over when good or bad news comes', () => {
  const delay = report([[BOB, 'delay', '4.4.1']], { about: 'chat$1@x' });
  assert.equal(standing(hello, [delay]), 'sent delayed 4.4.1');
  assert.equal(standing(hello, [delay, report([[BOB, 'delivery', '2.0.0']], { about: 'chat$1@x' })]), 'sent');
  const failed = report([[BOB, 'bounce', '5.4.7']], { about: 'chat$1@x' });
  assert.equal(standing(hello, [delay, failed]), 'failed bounced 5.4.7');
  assert.equal(standing(hello, [delay, reply(BOB, 'chat$1@x')]), 'sent');
  assert.equal(standing(hello, [delay, receipt(BOB, 'chat$1@x')]), 'read');
});

test('who answered or read the line has it, whatever a report says', () => {
  const bounce = report([[BOB, 'bounce', '5.1.1']]);
  assert.equal(standing(plan, [bounce, reply(BOB, 'chat$2@x')]), 'sent');
  assert.equal(standing(plan, [bounce, receipt(BOB, 'chat$2@x')]), 'sent');
  assert.equal(standing(plan, [bounce, reply(CAROL, 'chat$2@x')]), 'sent bob@example.test:recipient-unknown:5.1.1');
});

test('what was never delivered, comes from somebody, is refuted or lies in Junk is believed of no one', () => {
  const fate: Fate = [BOB, 'bounce', '5.1.1'];
  const refuted = ['mx.example.test; dmarc=fail header.from=mx.test'];
  for (const forged of [
    report([fate], { message: { delivered: false } }),
    report([fate], { message: { report: { ...reportOn([fate]), nullSender: false } } }),
    report([fate], { message: { authenticationResults: refuted } }),
    report([fate], { change: { role: 'junk' } }),
    report([['dan@example.test' as typeof BOB, 'bounce', '5.1.1']]),
    report([fate], { message: { report: undefined } }),
    report([fate], { about: 'chat$3@x' }),
  ]) {
    assert.equal(standing(plan, [forged]), 'sent');
  }
});

test('a report that names the envelope id is believed wherever it lies, also about an alias', () => {
  const change = { role: 'junk', envelopeProven: true } as const;
  const robert = 'robert@far.test' as typeof BOB;
  assert.equal(
    standing(plan, [report([[BOB, 'bounce', '5.1.1']], { change })]),
    'sent bob@example.test:recipient-unknown:5.1.1',
  );
  assert.equal(
    standing(hello, [report([[robert, 'bounce', '5.1.1']], { about: 'chat$1@x', change })]),
    'failed recipient-unknown 5.1.1',
  );
  assert.equal(
    standing(plan, [report([[robert, 'bounce', '5.1.1']], { change })]),
    'sent robert@far.test:recipient-unknown:5.1.1',
  );
});

test('whom the submission named counts before whom an alias led to', () => {
  const robert = 'robert@far.test' as typeof BOB;
  const told = report([[robert, 'bounce', '5.1.1']], { recipient: { original: BOB } });
  assert.equal(standing(plan, [told]), 'sent bob@example.test:recipient-unknown:5.1.1');
});

test('who was refused at once stays named beside who bounced later', () => {
  const recipients = {
    total: 2,
    done: 2,
    refused: [{ address: BOB, reason: 'refused', detail: '550 5.7.1' }],
  } as const;
  const line: OutboxLine = {
    rowId: identity(plan),
    chatId: 1 as ChatId,
    messageId: 'chat$2@x' as MessageId,
    message: plan,
    createdAt: NOON,
    delivery: 'sent',
    reason: undefined,
    detail: undefined,
    recipients,
  };
  const outbox: ChatEvent = { kind: 'outbox-changed', line };
  assert.equal(standing(plan, [outbox]), 'sent bob@example.test:refused:550 5.7.1');
  const bounce = report([[CAROL, 'bounce', '5.1.1']]);
  assert.equal(
    standing(plan, [outbox, bounce]),
    'failed bounced 550 5.7.1 bob@example.test:refused:550 5.7.1 carol@example.test:recipient-unknown:5.1.1',
  );
});

test('a bounce that leaves the mailbox takes its word along', () => {
  const gone: ChatEvent = { kind: 'copies-gone', mailbox: 'INBOX', uidValidity: '1', uids: [900] };
  const place = { mailbox: 'INBOX', uidValidity: '1', uid: 900 };
  const bounce = report([[BOB, 'bounce', '5.1.1']], { about: 'chat$1@x', change: { place } });
  const state = aliceAfter([seen(hello, facts(1, ownCopy)), bounce, gone, { kind: 'pass-completed' }]);
  const row = state.rows.get(identity(hello));
  assert.equal(row && selectRow(state, row, () => '').delivery, 'sent');
});

test('the pending copy of a line that was taken back is no line, where it cannot be removed', () => {
  const flags = ['$CoiOwn', '$CoiPending', '\\Deleted'];
  const state = aliceAfter([seen(hello, facts(1, { ...ownCopy, flags }))]);
  assert.deepEqual(
    [...state.chats.values()].flatMap(({ rows }) => rows),
    [],
  );
});

test('statuses of mail servers are put into reasons; a code helps where the status says nothing', () => {
  for (const [status, code, reason] of [
    ['5.1.1', 550, 'recipient-unknown'],
    ['5.1.10', 550, 'recipient-unknown'],
    ['5.1.2', undefined, 'recipient-unknown'],
    ['4.2.2', 452, 'recipient-full'],
    ['5.3.4', 552, 'too-large'],
    ['5.7.26', 550, 'refused'],
    ['4.7.0', 421, 'limit-reached'],
    ['5.4.7', undefined, 'bounced'],
    ['5.0.0', 550, 'recipient-unknown'],
    [undefined, 552, 'recipient-full'],
    [undefined, undefined, 'bounced'],
  ] as const) {
    assert.equal(refusalReason(status, code), reason, `${status} ${code}`);
  }
  assert.equal(refusalDetail('5.1.1', 550), '550 5.1.1');
  assert.equal(refusalDetail(undefined, undefined), undefined);
});
