/** What is typed is what is read: `decode(encode(m)) = m`. COI_ROUND_TRIPS and COI_ROUND_TRIP_SEED try others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8 } from '@coi-webmail/base';
import { encodeText } from './encode.ts';
import { seeded } from './mail.fixture.ts';
import { comparedFiles, comparedText, mailWithFiles, typedMessage } from './round-trip.fixture.ts';

const SEED = Number(process.env['COI_ROUND_TRIP_SEED'] ?? 20_261_124);
const COUNT = Number(process.env['COI_ROUND_TRIPS'] ?? 4000);

test(`${COUNT} typed messages are read as they were typed (seed ${SEED})`, () => {
  for (let number = 0; number < COUNT; number++) {
    const input = typedMessage(seeded(SEED + number), number);
    const bytes = encodeText(input);
    const [read, typed] = comparedText(input, bytes);
    assert.deepEqual(read, typed, `Message ${number} of seed ${SEED}: ${JSON.stringify(input)}`);
    assert.deepEqual(encodeText(input), bytes);
    for (const line of fromUtf8(bytes).split('\r\n')) assert.ok(line.length <= 998 && /^[\t -~]*$/.test(line), line);
  }
});

test(`${COUNT / 20} mails with files carry every byte (seed ${SEED})`, () => {
  for (let number = 0; number < COUNT / 20; number++) {
    const mail = mailWithFiles(seeded(SEED + number), number);
    const [read, written] = comparedFiles(mail, mail.bytes);
    assert.deepEqual(read, written, `Mail ${number} of seed ${SEED}`);
  }
});
