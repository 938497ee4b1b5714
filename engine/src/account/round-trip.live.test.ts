/**
 * What is typed is what is read, also after a way through the engine and a real Postfix: in the reader's mailbox and in
 * one's own. COI_ROUND_TRIP_SEED tries other messages.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodeText, type MessageId, readHead, readHeaders } from '@coi-webmail/coi';
import { comparedFiles, comparedText, mailWithFiles, seeded, typedMessage } from '@coi-webmail/coi/fixture/round-trip';
import { until } from '@coi-webmail/e2e/stack';
import { type LiveStack, liveStack, MODE, type Person, person } from './account.fixture.ts';

const SEED = Number(process.env['COI_ROUND_TRIP_SEED'] ?? 20_261_124);
const TEXTS = 60;
const FILES = 6;

let live: LiveStack;
before(async () => {
  live = await liveStack();
});
after(async () => {
  await live?.stop();
});

/** Bytes of all mails of a person, in whatever mailbox, by Message-ID. */
async function mailsOf(who: Person): Promise<Map<MessageId | undefined, Uint8Array>> {
  const found = new Map<MessageId | undefined, Uint8Array>();
  const imap = await who.imap();
  const listed = await imap.command('LIST "" "*"');
  for (const [, mailbox = ''] of listed.matchAll(/^\* LIST \([^)]*\) (?:"[^"]*"|NIL) "?([^"\r\n]+)"?\r$/gm)) {
    const opened = await imap.command(`EXAMINE "${mailbox}"`).catch(() => '');
    if (!/^\* [1-9]\d* EXISTS/m.test(opened)) continue;
    const answer = await imap.command('UID FETCH 1:* (BODY.PEEK[])');
    for (const match of answer.matchAll(/BODY\[\] \{(\d+)\}\r\n/g)) {
      const start = match.index + match[0].length;
      const bytes = new Uint8Array(Buffer.from(answer.slice(start, start + Number(match[1])), 'latin1'));
      found.set(readHead(readHeaders(bytes)).messageId, bytes);
    }
  }
  await imap.logout();
  return found;
}

/** Waits until all of them are there. */
async function allOf(who: Person, typed: readonly Typed[]): Promise<Map<MessageId | undefined, Uint8Array>> {
  let found = new Map<MessageId | undefined, Uint8Array>();
  const isThere = async () => {
    found = await mailsOf(who);
    return typed.every(({ messageId }) => found.has(messageId));
  };
  await until(isThere, 'All messages in the mailbox', 20_000);
  return found;
}

interface Typed {
  readonly messageId: MessageId;
  readonly bytes: Uint8Array;
  compare(bytes: Uint8Array): readonly [read: object, typed: object];
}

function typedBetween(from: string, to: readonly string[]): readonly Typed[] {
  const between = { from, to };
  const texts = Array.from({ length: TEXTS }, (_, number) => {
    const input = typedMessage(seeded(SEED + number), number, between);
    const bytes = encodeText(input);
    return { messageId: input.messageId, bytes, compare: (read: Uint8Array) => comparedText(input, read) };
  });
  const files = Array.from({ length: FILES }, (_, number) => {
    const mail = mailWithFiles(seeded(SEED + number), number, between);
    const messageId = `chat$file${number}@example.com` as MessageId;
    return { messageId, bytes: mail.bytes, compare: (read: Uint8Array) => comparedFiles(mail, read) };
  });
  return [...texts, ...files];
}

test(`${TEXTS + FILES} messages come through Postfix as they were typed (seed ${SEED})`, async () => {
  const [alice, bob] = [await person(live), await person(live)];
  try {
    await alice.account.call('mode.set', { mode: MODE });
    const typed = typedBetween(alice.user.address, [bob.user.address]);
    for (const { messageId, bytes } of typed) {
      const line = { messageId, bytes, recipients: [bob.user.address], attempt: 0 };
      const result = await alice.account.call('message.submit', line);
      assert.equal(result.state, 'sent', `${messageId}: ${JSON.stringify(result)}`);
    }
    const arrived = await allOf(bob, typed);
    // A server without keywords gets one's own copy after SMTP.
    const kept = await allOf(alice, typed);
    for (const { messageId, bytes, compare } of typed) {
      for (const copy of [arrived.get(messageId), kept.get(messageId)]) {
        assert.ok(copy !== undefined, messageId);
        assert.deepEqual(...compare(copy), `${messageId} of seed ${SEED}`);
        assert.ok(Buffer.from(copy).includes(bodyOf(bytes)), `${messageId}: the body was rewritten on the way`);
      }
    }
  } finally {
    await Promise.all([alice.stop(), bob.stop()]);
  }
});

function bodyOf(bytes: Uint8Array): Buffer {
  const all = Buffer.from(bytes);
  return all.subarray(all.indexOf('\r\n\r\n'));
}
