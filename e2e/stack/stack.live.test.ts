import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { at, chosenServer, lacks } from './chosen-server.ts';
import { ImapLine } from './imap-line.ts';
import { attachStack } from './info.ts';
import { freePort, isListening, until } from './port.ts';
import { seedDemo } from './seed.ts';
import { sendMail } from './smtp-line.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;

before(async () => {
  stack = await startStack({ engine: false, plugins: ['archive', 'markasjunk'] });
});

after(async () => {
  await stack?.stop();
});

const mail = (id: string, from: string) =>
  `From: ${from}\r\nTo: bob\r\nMessage-ID: <${id}>\r\nSubject: Hello\r\n\r\nHi\r\n.\r\n..and dots\r\n`;

async function inbox(address: string, password: string): Promise<string> {
  const imap = await ImapLine.login(stack.info.ports.imap, { address, password });
  await imap.command('EXAMINE INBOX');
  const text = await imap.command('FETCH 1:* (FLAGS BODY.PEEK[])').catch(() => '');
  await imap.logout();
  // The last line says how long the server took.
  return text.replace(/\S+ OK [^\r\n]*\r\n$/, '');
}

async function arrived(user: { address: string; password: string }, id: string): Promise<string> {
  let text = '';
  await until(async () => (text = await inbox(user.address, user.password)).includes(id), `mail ${id}`);
  return text;
}

test('mail from outside reaches bob, stamped as delivered, and is counted once', async () => {
  const { info, sink } = stack;
  const bob = await stack.freshUser();
  await sendMail({
    port: info.ports.inject,
    from: 'x@far.test',
    to: [bob.address],
    message: mail('in@t', 'x@far.test'),
  });
  const text = await arrived(bob, 'in@t');
  assert.match(text, /Return-Path: <x@far\.test>/);
  assert.match(text, /Received: .*Postfix/s);
  assert.match(text, /Hi\r\n\.\r\n\.\.and dots\r\n/);
  await until(async () => sink.count('<in@t>', bob.address) === 1, 'the count');
  assert.equal(sink.count('<in@t>'), 1);
});

test('a mail to two people counts once for each of them', async () => {
  const [bob, carol] = [await stack.freshUser(), await stack.freshUser()];
  await sendMail({
    port: stack.info.ports.inject,
    from: 'x@far.test',
    to: [bob.address, carol.address],
    message: mail('two@t', 'x@far.test'),
  });
  await arrived(bob, 'two@t');
  await arrived(carol, 'two@t');
  await until(async () => stack.sink.count('<two@t>') === 2, 'both counts');
  assert.equal(stack.sink.count('<two@t>', carol.address), 1);
});

test('IMAP over TLS is verified by the CA, and by nothing else', async () => {
  const { ports, caFile } = stack.info;
  const imap = await ImapLine.connect(ports.imaps, caFile);
  assert.match(await imap.command('CAPABILITY'), /IMAP4rev1/);
  await imap.logout();
  await assert.rejects(ImapLine.connect(ports.imaps, '/etc/ssl/certs/ca-certificates.crt'));
});

test('alice submits with STARTTLS and AUTH, and may not send as bob', async () => {
  const { ports, caFile } = stack.info;
  const [alice, bob] = [await stack.freshUser(), await stack.freshUser()];
  const submit = { port: ports.submission, caFile, login: alice, to: [bob.address] };
  assert.match(await sendMail({ ...submit, from: alice.address, message: mail('sub@t', alice.address) }), /^250/);
  await arrived(bob, 'sub@t');
  await assert.rejects(
    sendMail({ ...submit, from: bob.address, message: mail('forged@t', bob.address) }),
    /553 5\.7\.1/,
  );
  const anonymous = { port: ports.submission, to: [bob.address], from: alice.address };
  await assert.rejects(sendMail({ ...anonymous, message: mail('anon@t', alice.address) }), /^Error: 5/);
});

test('a wrong password and an unknown recipient are refused', async () => {
  const { ports } = stack.info;
  const alice = await stack.freshUser();
  await assert.rejects(ImapLine.login(ports.imap, { ...alice, password: 'wrong' }), /NO .*authentication/i);
  const unknown = { port: ports.submission, login: alice, from: alice.address, to: ['nobody@example.test'] };
  await assert.rejects(sendMail({ ...unknown, message: mail('no@t', alice.address) }), /550 5\.1\.1/);
});

test('user keywords stay on usual accounts and are refused on the others', async () => {
  for (const [pool, isAllowed] of [
    ['user', !lacks(chosenServer()).includes('keywords')],
    ['nokeyword', false],
  ] as const) {
    const user = await stack.freshUser(pool);
    const imap = await ImapLine.login(stack.info.ports.imap, user);
    await imap.append('INBOX', Buffer.from('Subject: x\r\n\r\ny\r\n'), ['\\Seen', '$Chat']);
    const selected = await imap.command('SELECT INBOX');
    assert.equal(/PERMANENTFLAGS \([^)]*\\\*/.test(selected), isAllowed, pool);
    await imap.command('STORE 1 +FLAGS ($CoiPending)').catch(() => undefined);
    const flags = await imap.command('FETCH 1 FLAGS');
    assert.equal(flags.includes('$Chat') && flags.includes('$CoiPending'), isAllowed, pool);
    assert.match(flags, /\\Seen/);
    await imap.command(`CREATE ${at('COI/Chats')}`);
    if (!lacks(chosenServer()).includes('MOVE')) await imap.command(`UID MOVE 1 ${at('COI/Chats')}`);
    await imap.logout();
  }
});

test('the commands of a traced user can be read back', async () => {
  const alice = await stack.freshUser();
  await stack.startImapTrace(alice.address);
  const imap = await ImapLine.login(stack.info.ports.imap, alice);
  await imap.command('SELECT INBOX');
  await imap.command('UID SEARCH ALL');
  await imap.logout();
  const names = async () => (await stack.imapTrace(alice.address)).map(({ name }) => name);
  await until(async () => (await names()).includes('LOGOUT'), 'the trace');
  assert.deepEqual(await names(), ['SELECT', 'UID SEARCH', 'LOGOUT']);
});

test('the connection can break on either side of the final dot', async () => {
  const { ports, caFile } = stack.info;
  const [alice, bob] = [await stack.freshUser(), await stack.freshUser()];
  const via = { port: ports.submissionFault, caFile, login: alice, from: alice.address, to: [bob.address] };
  stack.faults.submission.failNext('dot-lost');
  await assert.rejects(sendMail({ ...via, message: mail('dot-lost@t', alice.address) }), /closed without a reply/);
  stack.faults.submission.failNext('reply-lost');
  await assert.rejects(sendMail({ ...via, message: mail('reply-lost@t', alice.address) }), /closed without a reply/);
  await sendMail({ ...via, message: mail('whole@t', alice.address) });
  const text = await arrived(bob, 'whole@t');
  assert.ok(text.includes('reply-lost@t'));
  assert.ok(!text.includes('dot-lost@t'));
});

test('the IMAP relay can be cut and comes back', async () => {
  const alice = await stack.freshUser();
  const imap = await ImapLine.login(stack.info.ports.imapFault, alice);
  stack.faults.imap.cut();
  await assert.rejects(imap.command('NOOP'));
  await assert.rejects(ImapLine.login(stack.info.ports.imapFault, alice));
  stack.faults.imap.restore();
  await (await ImapLine.login(stack.info.ports.imapFault, alice)).logout();
});

test('both webmails show their sign-in page and keep their sources to themselves', async () => {
  const { urls } = stack.info;
  for (const url of [urls.webmail, urls.stockWebmail]) {
    const page = await (await fetch(String(url))).text();
    assert.match(page, /login-form/);
    assert.equal((await fetch(new URL('plugins/archive/archive.php', url))).status, 403);
  }
});

test('the proxy follows the engine to another port and hands it no cookie but its own', async (t) => {
  const engine = createServer((request, response) => response.end(`${request.url} ${request.headers.cookie}`));
  const port = await freePort();
  await new Promise<void>((resolve) => engine.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    engine.closeAllConnections();
    engine.close();
  });
  await stack.setEnginePort(port);
  const ask = async (cookie: string) => {
    const response = await fetch(new URL('coi/x?y=1', stack.info.urls.webmail), { headers: { cookie } });
    return response.text();
  };
  const cases = [
    ['roundcube_sessid=secret', 'undefined'],
    ['coi_session_ab=1', 'coi_session_ab=1'],
    ['roundcube_sessid=secret; coi_session_ab=1; roundcube_sessauth=x', 'coi_session_ab=1'],
    ['a=b; coi_session_ab=1; c=d; coi_session_cd=2', 'coi_session_ab=1; coi_session_cd=2'],
    [
      'coi_session_a=1; coi_session_b=2; z=secret; coi_session_c=3; y=4',
      'coi_session_a=1; coi_session_b=2; coi_session_c=3',
    ],
    ['not_coi_session=secret', 'undefined'],
  ] as const;
  for (const [given, passed] of cases) assert.equal(await ask(given), `/coi/x?y=1 ${passed}`, given);
});

test('another process works with the stack by its JSON', async () => {
  const attached = attachStack(JSON.stringify(stack.info));
  const [one, other] = await Promise.all([attached.freshUser(), stack.freshUser()]);
  assert.notEqual(one.address, other.address);
  assert.ok((await attached.sinkCounts()).some(({ messageId }) => messageId === '<in@t>'));
});

test('the demo has ordinary mail and chats, and seeding twice changes nothing', async () => {
  const { alice } = stack.info.users;
  await seedDemo(stack.info);
  const text = await inbox(alice.address, alice.password);
  assert.match(text, /Subject: Minutes of the garden committee/);
  assert.equal(text.match(/^Chat-Version: 1\.0/gm)?.length, 4);
  await seedDemo(stack.info);
  assert.equal(await inbox(alice.address, alice.password), text);
});

test('two stacks run side by side, and a stopped one leaves no process, socket or file', async () => {
  const second = await startStack({ engine: false, webmail: false });
  const { ports, runDir } = second.info;
  assert.ok(await isListening(ports.imap));
  await second.stop();
  for (const port of Object.values(ports)) assert.equal(await isListening(port), false);
  await assert.rejects(access(runDir));
  assert.deepEqual(await commandLinesWith(runDir), []);
});

async function commandLinesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(text));
}
