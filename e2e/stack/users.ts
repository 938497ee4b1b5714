/**
 * Who has a mailbox: four people for demos, one in a second domain, and a large pool of fresh accounts for tests.
 *
 * Every account has a uid of its own, because Linux gives each uid only 128 inotify instances and every IDLE takes
 * one. Fresh accounts are handed out by creating a file, so that several test processes can share one stack.
 */
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const DOMAIN = 'example.test';
/** A second domain on the same mail server that no issuer vouches for: the outside world. */
export const OTHER_DOMAIN = 'elsewhere.test';
/** The password of every account of the pool. */
export const POOL_PASSWORD = 'secret';

export interface User {
  readonly address: string;
  readonly password: string;
  readonly name: string;
}

export const DEMO_USERS = {
  alice: { address: `alice@${DOMAIN}`, password: 'alice-secret', name: 'Alice Liddell' },
  bob: { address: `bob@${DOMAIN}`, password: 'bob-secret', name: 'Bob Builder' },
  carol: { address: `carol@${DOMAIN}`, password: 'carol-secret', name: 'Carol Danvers' },
  dave: { address: `dave@${DOMAIN}`, password: 'dave-secret', name: 'Dave Lister' },
  erin: { address: `erin@${OTHER_DOMAIN}`, password: 'erin-secret', name: 'Erin Elsewhere' },
} as const satisfies Record<string, User>;

/** May set quotas in Cyrus; has no mailbox. */
export const CYRUS_ADMIN = { address: `cyrus-admin@${DOMAIN}`, password: 'admin-secret' };

/** Kinds of fresh account: usual, one whose mailboxes refuse user keywords, one in the other domain. */
export type Pool = 'user' | 'nokeyword' | 'guest';

const POOL_SIZE: Readonly<Record<Pool, number>> = { user: 4_000, nokeyword: 400, guest: 200 };
const FIRST_UID = 60_010;

function poolUser(pool: Pool, index: number): User {
  const local = `${pool}${String(index).padStart(4, '0')}`;
  const domain = pool === 'guest' ? OTHER_DOMAIN : DOMAIN;
  return { address: `${local}@${domain}`, password: POOL_PASSWORD, name: local };
}

function* everyUser(): Generator<User & { readonly pool?: Pool }> {
  yield* Object.values(DEMO_USERS);
  for (const pool of Object.keys(POOL_SIZE) as Pool[]) {
    for (let index = 1; index <= POOL_SIZE[pool]; index += 1) yield { ...poolUser(pool, index), pool };
  }
}

/** Writes Postfix's map of mailboxes, which is also its map of who may send as whom. */
export async function writeMailboxMap(file: string): Promise<void> {
  const lines = [...everyUser()].map(({ address }) => `${address} ${address}\n`);
  await writeFile(file, lines.join(''));
}

/**
 * Writes Dovecot's passwd-file.
 *
 * @param aclFile global ACL that takes the right to write keywords away
 */
export async function writePasswdFile(file: string, mailFolder: string, aclFile: string): Promise<void> {
  const lines = [...everyUser()].map(({ address, password, pool }, index) => {
    const extra = pool === 'nokeyword' ? `userdb_mail_plugins=acl userdb_acl=vfile:${aclFile}` : '';
    const uid = FIRST_UID + index;
    return `${address}:{PLAIN}${password}:${uid}:${uid}::${mailFolder}/${address}::${extra}\n`;
  });
  await writeFile(file, lines.join(''), { mode: 0o644 });
}

/** Every account's password by its address, Cyrus's admin among them. */
export function everyPassword(): ReadonlyMap<string, string> {
  return new Map([...everyUser(), CYRUS_ADMIN].map(({ address, password }) => [address, password]));
}

/** Hands out an account that nobody has used on this stack; safe across processes. */
export async function takeFreshUser(runDir: string, pool: Pool = 'user'): Promise<User> {
  const folder = join(runDir, 'fresh', pool);
  await mkdir(folder, { recursive: true });
  for (let index = (await readdir(folder)).length + 1; index <= POOL_SIZE[pool]; index += 1) {
    try {
      await (await open(join(folder, String(index)), 'wx')).close();
      return poolUser(pool, index);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`The pool of fresh ${pool} accounts is used up`);
}
