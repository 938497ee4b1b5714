import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFixed } from './mime/flowed.ts';
import { readPlainMail } from './plain-mail.ts';
import { isAttribution } from './quote-mark.ts';
import { isAdvertisement } from './signature.ts';

const read = (text: string, subject = 'Re: Lunch') => readPlainMail(readFixed(text), subject);

const attributions = [
  'On Tue, Nov 24, 2026 at 9:01 AM Alice <alice@example.com> wrote:',
  'On 2026-11-24 09:01, Alice Angel wrote:',
  'Am 24.11.26 um 09:01 schrieb Alice:',
  'Am Di., 24. Nov. 2026 um 09:01 Uhr schrieb Alice <alice@example.com>:',
  'Alice <alice@example.com> schrieb am Di., 24. Nov. 2026, 09:01:',
  'Le 24/11/2026 à 09:01, Alice a écrit :',
  'El mar, 24 nov 2026 a las 9:01, Alice (<alice@example.com>) escribió:',
  'Il giorno mar 24 nov 2026 alle ore 09:01 Alice <alice@example.com> ha scritto:',
  'Op di 24 nov 2026 om 09:01 schreef Alice <alice@example.com>:',
  'Em ter., 24 de nov. de 2026 às 09:01, Alice <alice@example.com> escreveu:',
  'Den tis 24 nov. 2026 kl 09:01 skrev Alice <alice@example.com>:',
  'W dniu 24.11.2026 o 09:01, Alice pisze:',
  'вт, 24 нояб. 2026 г. в 09:01, Alice <alice@example.com> пишет:',
  '2026年11月24日(火) 9:01 Alice <alice@example.com>のメール：',
  '2026-11-24 9:01 GMT+01:00 Alice <alice@example.com>:',
];

for (const line of attributions) {
  test(`a quote below "${line}" is folded with that line`, () => {
    assert.ok(isAttribution(line));
    assert.equal(read(`Fine.\n\n${line}\n> Shall we?\n> Yes?\n`).text, 'Fine.');
    assert.equal(read(`${line}\n> Shall we?\n\nFine.\n`).text, 'Fine.');
  });
}

test('sentences are no attributions', () => {
  for (const line of ['And then she wrote:', 'On 5 May we met.', 'He said:', 'Note 5: all wrote'])
    assert.ok(!isAttribution(line));
});

test('app advertisements are folded, sentences are not', () => {
  const folded = [
    'Sent from my iPhone',
    'Sent from Outlook for iOS',
    'Get Outlook for Android<https://aka.ms/x>',
    'Von meinem iPhone gesendet',
    'Gesendet mit der GMX Mail App',
    'Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.',
    'Envoyé de mon iPhone',
    'Enviado desde mi iPhone',
    'Verzonden vanaf mijn Galaxy',
  ];
  for (const line of folded) assert.ok(isAdvertisement(line), line);
  for (const line of ['Sent from heaven, she is', 'Sent you the plan', 'Get well soon', 'I mailed my mother']) {
    assert.ok(!isAdvertisement(line), line);
  }
});

const shown = [
  { name: 'a mail without quotes', text: 'Hello\n\nworld', own: 'Hello\n\nworld' },
  {
    name: 'answers between quotes',
    text: 'On 24.11.26, Alice wrote:\n> a?\nyes\n> b?\nno',
    own: 'On 24.11.26, Alice wrote:\n> a?\nyes\n> b?\nno',
  },
  { name: 'a quote in the middle', text: 'See:\n> a\nNice, no?', own: 'See:\n> a\nNice, no?' },
  { name: 'nothing but a quote', text: '> a\n> b', own: '> a\n> b' },
  {
    name: 'words after a dashed line',
    text: 'Plan:\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11',
    own: 'Plan:\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11',
  },
  {
    name: 'words and quotes after a signature mark',
    text: 'Top\n-- \nBob\n> a\nanswer',
    own: 'Top\n-- \nBob\n> a\nanswer',
  },
];

for (const { name, text, own } of shown) {
  test(`in doubt all is shown: ${name}`, () => {
    const mail = read(text);
    assert.deepEqual([mail.text, mail.isWhole], [own, true]);
  });
}

test('a signature, an advertisement and the quote below are folded together', () => {
  const mail = read('See you.\n\nSent from my iPhone\n\n-- \nBob\n\nOn 24.11.26, Alice wrote:\n> a?\n');
  assert.equal(mail.text, 'See you.');
  assert.ok(mail.whole.includes('> a?') && mail.whole.includes('Bob'));
});

test('a forward shows what it forwards', () => {
  const text = 'FYI\n\nFrom: Carol <carol@example.net>\nSent: Monday\nTo: Bob\nSubject: Bill\n\nPay up.';
  assert.equal(read(text, 'FW: Bill').text, text);
  assert.equal(read(text, 'RE: Bill').text, 'FYI');
});
