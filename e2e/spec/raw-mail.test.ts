import assert from 'node:assert/strict';
import { eventually } from '../fixture/eventually.ts';
import { bodyOf, headerOf } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { StandalonePage } from '../page/standalone.ts';

const stage = useStage();

/** What coi-client-spec "COI-specific Message Header Fields" asks of every line, looked at in bob's mailbox. */
function checkHeaders(source: string, from: string, to: string): void {
  const head = source.slice(0, source.indexOf('\r\n\r\n'));
  const countOf = (name: string) => head.match(new RegExp(`^${name}:`, 'gim'))?.length ?? 0;
  const header = (name: string) => headerOf(source, name) ?? '';
  for (const name of ['From', 'To', 'Date', 'Message-ID', 'Chat-Version', 'MIME-Version', 'Content-Type']) {
    assert.equal(countOf(name), 1, `${name} stands ${countOf(name)} times`);
  }
  for (const name of ['Sender', 'Bcc', 'Reply-To']) assert.equal(countOf(name), 0, name);
  assert.match(header('Chat-Version'), /^1\.0(;|$)/);
  assert.match(header('Message-ID'), /^<chat\$[^@<>\s]+@[^@<>\s]+>$/);
  assert.equal(header('MIME-Version'), '1.0');
  assert.ok(!Number.isNaN(Date.parse(header('Date'))));
  assert.match(header('Date'), /^(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/);
  assert.match(header('From'), new RegExp(`^[^,]*<?${from}>?$`));
  assert.ok(header('To').includes(to));
  assert.match(header('Content-Type'), /^text\/plain; charset="?utf-8"?(; format="?flowed"?)?/i);
  assert.ok(
    source.split('\r\n').every((line) => line.length <= 998),
    'a line is longer than 998 octets',
  );
  assert.ok(!/(^|[^\r])\n/.test(source), 'a line ends without CR');
}

story(stage, 'lines are valid COI mails, each linked to the one before and to the first', async (scene) => {
  const [alice, bob] = [await scene.person(), await scene.person()];
  const { info } = scene.stack;
  const atAlice = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
  await atAlice.chat.startChat(bob.address);
  const texts = ['The first line', 'Zweite Zeile – Größe', `${'word '.repeat(60)}end`, 'x'.repeat(1200)];
  for (const text of texts) await atAlice.chat.send(text);
  const mails = await eventually(async () => {
    const all = (await bob.mailbox.allMails()).filter(({ source }) => headerOf(source, 'Chat-Version') !== undefined);
    assert.equal(all.length, texts.length);
    return all;
  });
  for (const { source } of mails) checkHeaders(source, alice.address, bob.address);
  // Our ids sort by time; the mail server may deliver in another order.
  const idOf = (source: string) => headerOf(source, 'Message-ID') ?? '';
  const inOrder = mails.map(({ source }) => source).sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  const ids = inOrder.map(idOf);
  assert.equal(new Set(ids).size, texts.length);
  for (const [index, source] of inOrder.entries()) {
    if (index === 0) continue;
    const references = (headerOf(source, 'References') ?? '').split(/\s+/);
    assert.equal(headerOf(source, 'In-Reply-To'), ids[index - 1]);
    assert.equal(references[0], ids[0]);
    assert.equal(references.at(-1), ids[index - 1]);
  }
  assert.ok(bodyOf(inOrder[0] ?? '').startsWith('The first line'));
});
