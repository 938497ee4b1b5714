/** The odd mails of test-data/odd: as a person reads them, and against postal-mime and mailparser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMessage } from '../decode-message.ts';
import { differing, type Facts, ourFacts, parserFacts, postalFacts } from '../oracle.fixture.ts';
import { ODD_MAILS, oddBytes, oddNames } from './all.fixture.ts';
import { DIFFERENCES, type Oracle } from './difference.fixture.ts';
import type { Reading } from './mail.fixture.ts';

test('the mails on disk are those that the builders make', () => {
  assert.deepEqual(oddNames(), ODD_MAILS.map(({ name }) => name).sort());
  for (const { name, bytes } of ODD_MAILS) {
    assert.ok(Buffer.from(oddBytes(name)).equals(Buffer.from(bytes, 'latin1')), name);
  }
});

test('no mail names anybody who may exist', () => {
  const real = /@(?!(?:[\w.-]*\.)?(?:example|test|invalid|localhost)\b|example\.(?:com|org|net)\b)[\w-]+\.[\w.-]+/i;
  for (const { name, bytes } of ODD_MAILS) assert.equal(real.exec(bytes)?.[0], undefined, name);
});

for (const { name, reads } of ODD_MAILS) {
  test(`${name} is read as a person reads it`, () => {
    assert.ok(Object.keys(reads).length > 0, 'Says nothing of how it reads');
    const found = readingOf(oddBytes(name));
    const wanted: Reading = { kind: 'text', ...reads };
    const compared = Object.keys(wanted).map((key) => [key, found[key as keyof Reading]]);
    assert.deepEqual(Object.fromEntries(compared), wanted);
  });
}

function readingOf(bytes: Uint8Array): Reading {
  const message = decodeMessage(bytes);
  const shared = {
    subject: message.subject,
    from: message.from?.address,
    name: message.from?.name ?? '',
    to: message.to.map(({ address }) => address),
    id: message.messageId,
    date: message.dateAt === undefined ? undefined : new Date(message.dateAt).toISOString(),
    references: message.references,
  };
  if (message.kind === 'unreadable') return { ...shared, kind: `unreadable: ${message.reason}` };
  if (message.kind === 'service') return { ...shared, kind: message.service, about: message.about };
  const files = message.attachments.map(({ part, name, type }) => `${part} ${name} ${type}`);
  return { ...shared, kind: 'text', text: message.text, files };
}

const ORACLES: readonly (readonly [oracle: Oracle, name: string, read: (bytes: Uint8Array) => Promise<Facts>])[] = [
  ['postal', 'postal-mime', postalFacts],
  ['parser', 'mailparser', parserFacts],
];

for (const [oracle, oracleName, read] of ORACLES) {
  test(`${oracleName} reads the odd mails as we do, but for what the table tells`, async () => {
    const found: string[] = [];
    for (const name of oddNames()) {
      const bytes = oddBytes(name);
      const theirs = await read(bytes).catch(() => undefined);
      const facts = theirs === undefined ? ['throws'] : differing(ourFacts(bytes), theirs);
      found.push(...facts.map((fact) => `${name} ${fact}`));
    }
    const told = DIFFERENCES.filter(({ oracles }) => oracles.includes(oracle)).flatMap(({ mails, facts }) =>
      mails.flatMap((name) => facts.map((fact) => `${name} ${fact}`)),
    );
    assert.deepEqual(found.sort(), told.sort());
  });
}
