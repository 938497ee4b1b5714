/** Questions to an IMAP server whose answers do not depend on time, each with what it says in a few words. */
import { limitQuota } from '../quota.ts';
import { ImapLine } from '../imap-line.ts';
import { mailboxPath } from '../imap-server.ts';
import { until } from '../port.ts';
import { sendMail } from '../smtp-line.ts';
import type { Stack } from '../stack.ts';
import type { User } from '../users.ts';

/** One fresh account of a stack, signed on. */
export interface Subject {
  readonly stack: Stack;
  readonly user: User;
  readonly imap: ImapLine;
}

export interface Question {
  readonly name: string;
  readonly ask: (subject: Subject) => Promise<string>;
}

const WANTED =
  'MOVE UIDPLUS CONDSTORE QRESYNC NOTIFY IDLE SPECIAL-USE LITERAL+ ESEARCH LIST-STATUS BINARY METADATA OBJECTID QUOTA';
const MANY_KEYWORDS = 150;

const mail = (id: string, more = '') =>
  Buffer.from(`From: x@far.test\r\nMessage-ID: <${id}@far.test>\r\n${more}Subject: s\r\n\r\n0123456789\r\n`);

/** The words of a refusal: its response code, or that there is none. */
async function refusal(command: Promise<unknown>): Promise<string> {
  const error = await command.then(
    () => undefined,
    (cause: unknown) => cause as Error,
  );
  if (error === undefined) return 'allowed';
  const [, status = '', code] = /: (NO|BAD)(?: (\[[A-Z]+)[^\]]*\])?/.exec(error.message) ?? [];
  return code === undefined ? `${status} without a code` : `${status} ${code}]`;
}

async function select(imap: ImapLine, mailbox = 'INBOX'): Promise<string> {
  return imap.command(`SELECT ${mailbox}`);
}

const found = (answer: string) => /\* SEARCH \d/.test(answer);

async function capabilities({ imap }: Subject): Promise<string> {
  const has = new Set((await imap.command('CAPABILITY')).split(/\s+/));
  return WANTED.split(' ')
    .filter((name) => has.has(name))
    .join(' ');
}

async function keywordCount({ imap }: Subject): Promise<string> {
  await imap.append('INBOX', mail('many'));
  await select(imap);
  for (let index = 0; index < MANY_KEYWORDS; index += 1) {
    await imap.command(`STORE 1 +FLAGS (key${index})`).catch(() => undefined);
  }
  const kept = ((await imap.command('FETCH 1 (FLAGS)')).match(/\bkey\d+/g) ?? []).length;
  return kept === MANY_KEYWORDS ? `${MANY_KEYWORDS} and more` : String(kept);
}

async function moved({ imap, stack }: Subject): Promise<string> {
  await imap.append('INBOX', mail('move'));
  await select(imap);
  const answer = await imap.command(`UID MOVE 1 ${mailboxPath(stack.info.imap.server, 'Archive')}`).catch(() => '');
  if (answer === '') return 'refused';
  return /^\* OK \[COPYUID/m.test(answer) ? 'in an untagged OK' : /COPYUID/.test(answer) ? 'in the tagged OK' : 'none';
}

async function internalDate({ imap }: Subject): Promise<string> {
  await imap.append('INBOX', mail('date'), [], new Date(Date.UTC(2001, 1, 3, 4, 5, 6)));
  await select(imap);
  return /INTERNALDATE "[ 0]3-Feb-2001 04:05:06 \+0000"/.test(await imap.command('FETCH 1 (INTERNALDATE)'))
    ? 'kept'
    : 'changed';
}

async function headerSearch({ imap }: Subject): Promise<string> {
  await imap.append('INBOX', mail('abc', 'References: <first@far.test>\r\n <second@far.test>\r\n'));
  await select(imap);
  const matches = async (name: string, value: string) =>
    found(await imap.command(`UID SEARCH HEADER ${name} "${value}"`));
  const answers = {
    part: await matches('Message-ID', 'bc@far'),
    'any case': await matches('Message-ID', 'ABC@FAR'),
    'folded line': await matches('References', 'second'),
  };
  return Object.entries(answers)
    .map(([what, is]) => `${what} ${is ? 'yes' : 'no'}`)
    .join(', ');
}

async function partialFetch({ imap }: Subject): Promise<string> {
  await imap.append('INBOX', mail('part'));
  await select(imap);
  const head = /BODY\[\]<0> \{4\}\r\nFrom/.test(await imap.command('FETCH 1 (BODY.PEEK[]<0.4>)'));
  const beyond = await imap.command('FETCH 1 (BODY.PEEK[]<9999.4>)');
  const end = /BODY\[\]<9999> (?:""|\{0\})/.test(beyond) ? 'empty' : /NIL/.test(beyond) ? 'NIL' : 'something else';
  return `${head ? 'exact' : 'not exact'}, beyond the end ${end}`;
}

async function newsOf(subject: Subject, prepare: string | undefined): Promise<string> {
  const { stack, user, imap } = subject;
  for (const id of ['one', 'two']) await imap.append('INBOX', mail(id));
  if (prepare !== undefined && (await imap.command(prepare).catch(() => '')) === '') return 'refused';
  await select(imap);
  const other = await ImapLine.login(stack.info.ports.imap, user);
  await other.command('SELECT INBOX');
  await other.command('STORE 1 +FLAGS (\\Seen)');
  await other.command('STORE 2 +FLAGS (\\Deleted)');
  await other.command('EXPUNGE');
  let news = '';
  await until(async () => /EXPUNGE|VANISHED/.test((news += await imap.command('NOOP'))), 'the news of an expunge');
  await other.logout();
  const flags = /FETCH \([^\r]*UID \d+/.test(news) ? 'flags with UID' : 'flags without UID';
  return `${flags}, ${/VANISHED/.test(news) ? 'VANISHED' : 'EXPUNGE'}`;
}

async function madeAnew({ imap, stack }: Subject): Promise<string> {
  const path = mailboxPath(stack.info.imap.server, 'Again');
  const validity = async () => /UIDVALIDITY (\d+)/.exec(await imap.command(`STATUS ${path} (UIDVALIDITY)`))?.[1] ?? '';
  await imap.command(`CREATE ${path}`);
  const before = await validity();
  await imap.command(`DELETE ${path}`);
  await imap.command(`CREATE ${path}`);
  return (await validity()) === before ? 'the same' : 'another';
}

async function deliveredTwice({ imap, stack, user }: Subject): Promise<string> {
  const message = mail(`twice-${user.address.split('@')[0]}`).toString();
  for (let times = 0; times < 2; times += 1) {
    await sendMail({ port: stack.info.ports.inject, from: 'x@far.test', to: [user.address], message });
  }
  const id = /<.*>/.exec(message)?.[0] ?? '';
  await until(async () => stack.sink.count(id, user.address) === 2, 'both deliveries');
  return /EXAMINE|\* 1 EXISTS/.test(await imap.command('EXAMINE INBOX')) ? 'stored once' : 'stored twice';
}

async function overQuota({ stack }: Subject): Promise<string> {
  const user = await stack.freshUser();
  await limitQuota(stack.info, user.address, 30);
  const imap = await ImapLine.login(stack.info.ports.imap, user);
  const answer = await refusal(imap.append('INBOX', Buffer.concat([mail('big'), Buffer.alloc(60_000, 'x\r\n')])));
  await imap.logout();
  return answer;
}

async function wrongPassword({ stack, user }: Subject): Promise<string> {
  return refusal(ImapLine.login(stack.info.ports.imap, { ...user, password: 'wrong' }));
}

export const QUESTIONS: readonly Question[] = [
  {
    name: 'prefix and separator',
    ask: async ({ imap }) => /NAMESPACE \(\(("[^"]*" "[^"]*")\)/.exec(await imap.command('NAMESPACE'))?.[1] ?? 'none',
  },
  { name: 'capabilities that matter to us', ask: capabilities },
  {
    name: '`\\*` among PERMANENTFLAGS',
    ask: async ({ imap }) => (/PERMANENTFLAGS \([^)]*\\\*/.test(await select(imap)) ? 'yes' : 'no'),
  },
  { name: `keywords kept of ${MANY_KEYWORDS}`, ask: keywordCount },
  {
    name: 'special use of the Sent mailbox in LIST',
    ask: async ({ imap }) => /LIST \([^)]*(\\sent)/i.exec(await imap.command('LIST "" "*"'))?.[1] ?? 'none',
  },
  {
    name: 'APPENDUID',
    ask: async ({ imap }) => (/APPENDUID/.test(await imap.append('INBOX', mail('place'))) ? 'yes' : 'no'),
  },
  { name: 'COPYUID of UID MOVE', ask: moved },
  { name: 'INTERNALDATE given with APPEND', ask: internalDate },
  { name: 'SEARCH HEADER finds', ask: headerSearch },
  { name: 'BODY.PEEK[]<0.4>', ask: partialFetch },
  { name: 'news by NOOP', ask: (subject) => newsOf(subject, undefined) },
  { name: 'news by NOOP after ENABLE QRESYNC', ask: (subject) => newsOf(subject, 'ENABLE QRESYNC') },
  { name: 'UIDVALIDITY of a mailbox made anew', ask: madeAnew },
  { name: 'one Message-ID delivered twice', ask: deliveredTwice },
  { name: 'wrong password', ask: wrongPassword },
  { name: 'SELECT of what is not there', ask: ({ imap }) => refusal(imap.command('SELECT Nowhere')) },
  {
    name: 'CREATE of what is there',
    ask: async ({ imap, stack }) => {
      const create = () => imap.command(`CREATE ${mailboxPath(stack.info.imap.server, 'Once')}`);
      await create();
      return refusal(create());
    },
  },
  { name: 'APPEND to a full mailbox', ask: overQuota },
];
