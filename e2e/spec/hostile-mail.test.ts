import assert from 'node:assert/strict';
import { takeShot } from '../fixture/browser.ts';
import { eventually } from '../fixture/eventually.ts';
import { freshChatId, mailSource } from '../fixture/mail.ts';
import { story, useStage } from '../fixture/stage.ts';
import { signOn, Wire } from '../fixture/wire.ts';
import { StandalonePage } from '../page/standalone.ts';

const stage = useStage();
const SCRIPT = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">';

story(
  stage,
  'a line of 100,000 characters is refused with words or arrives whole, and the next line goes through',
  async (scene) => {
    const [alice, bob] = [await scene.person(), await scene.person()];
    const { info } = scene.stack;
    const page = await StandalonePage.signIn(await scene.newBrowser(), info, alice, { mode: 'active' });
    await page.chat.startChat(bob.address);
    const long = `${'lorem ipsum dolor '.repeat(5_556)}END`.slice(-100_000);
    await page.chat.send(long);
    await page.chat.send('Short again');
    await eventually(async () => assert.equal((await bob.mailbox.withText('Short again')).length, 1), {
      timeoutMs: 20_000,
    });
    await eventually(async () => {
      const mails = await bob.mailbox.allMails();
      assert.ok(
        mails.some(({ source }) => source.length > 100_000 && source.includes('END')),
        'the long line is not there',
      );
    });
    const atBob = await StandalonePage.signIn(await scene.newBrowser(), info, bob, { mode: 'active' });
    await atBob.chat.openChat(alice.name);
    await atBob.chat.sees('Short again');
  },
);

story(stage, 'NUL bytes, broken MIME and markup do no harm: every line is shown, as text', async (scene) => {
  const alice = await scene.person();
  const to = alice.address;
  const from = '"Mallory <b>x</b>" <mallory@far.test>';
  const chat = (text: string, headers: readonly string[] = []) => ({
    from,
    to,
    text,
    messageId: freshChatId(),
    headers: ['Chat-Version: 1.0', ...headers],
  });
  const odd = [
    mailSource(chat('nul \0\0 bytes')),
    mailSource(chat(SCRIPT)),
    mailSource(chat('unknown charset')).replace('charset=utf-8', 'charset=x-klingon'),
    mailSource({
      ...chat('x'),
      body: 'Content-Type: multipart/mixed; boundary="never"\r\n\r\n--never\r\nbroken\r\n--nev',
    }),
    mailSource({ ...chat('x'), body: 'Content-Type: multipart/mixed\r\n\r\nno boundary at all\r\n' }),
    mailSource({
      ...chat('x'),
      body: `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%not base64%%%\r\n`,
    }),
    mailSource(chat('\u202egnp.exe \ud83d broken surrogate')),
    `Chat-Version: 1.0\r\nFrom: mallory@far.test\r\nTo: ${to}\r\nMessage-ID: ${freshChatId()}\r\n\r\nno date, no subject\r\n`,
    mailSource({
      ...chat('x'),
      body: 'Content-Type: text/html\r\n\r\n<p>only <b>html</b></p><script>document.title="owned"</script>\r\n',
    }),
  ];
  for (const source of odd) await alice.mailbox.append('INBOX', source);
  const page = await StandalonePage.signIn(await scene.newBrowser(), scene.stack.info, alice, { mode: 'active' });
  await page.chat.openChat('Mallory');
  await page.chat.sees('no date, no subject');
  await page.chat.sees('unknown charset');
  await page.chat.sees('<script>');
  await eventually(async () => assert.equal((await page.chat.lines()).length, odd.length));
  assert.notEqual(await page.page.title(), 'owned');
  await takeShot(page.page, 'hostile-mail-1440');
  assert.ok((await fetch(new URL('healthz', scene.stack.info.urls.engine))).ok);
});

story(stage, 'an HTML attachment opened by its address is a dead download', async (scene) => {
  const alice = await scene.person();
  const { info } = scene.stack;
  const boundary = 'b1';
  const part = (type: string, name: string, body: string) =>
    `--${boundary}\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${body}\r\n`;
  const source = mailSource({
    from: 'Mallory <mallory@far.test>',
    to: alice.address,
    messageId: freshChatId(),
    headers: ['Chat-Version: 1.0'],
    body: [
      `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n--${boundary}\r\nContent-Type: text/plain\r\n\r\nlook at this\r\n`,
      part('text/html', 'page.html', SCRIPT),
      part('image/svg+xml', 'picture.svg', `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`),
      part('application/pdf', 'paper.pdf', '%PDF-1.4'),
      `--${boundary}--\r\n`,
    ].join(''),
  });
  await alice.mailbox.append('INBOX', source);
  const session = await signOn(info.urls.engine, alice);
  const wire = await Wire.connect(session);
  const hello = await wire.call('mailbox.sync', { mailbox: 'INBOX' });
  const [uid = 0] = hello.fresh;
  for (const [part_, name, type] of [
    ['2', 'page.html', 'text/html'],
    ['3', 'picture.svg', 'image/svg+xml'],
    ['4', 'paper.pdf', 'application/pdf'],
  ] as const) {
    const query = new URLSearchParams({
      mailbox: 'INBOX',
      uidValidity: hello.cursor.uidValidity,
      uid: String(uid),
      part: part_,
      name,
      type,
    });
    const response = await fetch(new URL(`a/${session.accountHash}/part?${query}`, info.urls.engine), {
      headers: { cookie: session.cookie },
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/octet-stream');
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/);
    await response.arrayBuffer();
  }
  wire.close();
});
