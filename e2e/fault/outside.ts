/** The mailbox as another mail program has it: it reads all, moves lines about, marks them, and puts its own mail there. */
import { setTimeout as pause } from 'node:timers/promises';
import type { OtherDeed, OutsideMail, Person, Random, Untouched } from '@coi-webmail/test-support';
import { headerOf, mailSource } from '../fixture/mail.ts';
import { Mailbox } from '../fixture/mailbox.ts';
import { ImapLine } from '../stack/imap-line.ts';
import { mailboxPath } from '../stack/imap-server.ts';
import type { StackInfo } from '../stack/info.ts';
import type { User } from '../stack/users.ts';

const SEED: readonly { readonly mailbox: string; readonly subject: string; readonly flags: readonly string[] }[] = [
  { mailbox: 'INBOX', subject: 'Your invoice', flags: [] },
  { mailbox: 'INBOX', subject: 'Thrown away, not yet gone', flags: ['\\Seen', '\\Deleted'] },
  { mailbox: 'INBOX', subject: 'Re: Minutes', flags: ['\\Seen', '\\Answered'] },
  { mailbox: 'Archive', subject: 'Contract', flags: ['\\Seen', '\\Flagged'] },
  { mailbox: 'Sent', subject: 'Re: Contract', flags: ['\\Seen'] },
];
/** Into our mailboxes, once they exist. */
const SEED_OURS = ['COI/Chats', 'COI/Contacts'].map((mailbox) => ({
  mailbox,
  subject: 'Not ours, marked as deleted',
  flags: ['\\Seen', '\\Deleted'],
}));
const FIRST = 'Message-ID';

export class Outside {
  readonly who: Person;
  readonly #info: StackInfo;
  readonly #user: User;
  readonly #random: Random;
  readonly #mailbox: Mailbox;
  #before: readonly Untouched[] = [];

  constructor(who: Person, info: StackInfo, user: User, random: Random) {
    this.who = who;
    this.#info = info;
    this.#user = user;
    this.#random = random;
    this.#mailbox = new Mailbox(info, user);
  }

  /** Before anybody signs on. */
  async seed(): Promise<void> {
    await this.#with(async (imap) => {
      for (const { mailbox, subject, flags } of SEED) {
        await imap.append(this.#path(mailbox), this.#ordinary(subject), flags);
      }
    });
  }

  /** After consent: from here on nobody touches what lies there. */
  async seedOurs(): Promise<void> {
    await this.#with(async (imap) => {
      for (const { mailbox, subject, flags } of SEED_OURS) {
        await imap.append(this.#path(mailbox), this.#ordinary(subject), flags);
      }
    });
    this.#before = await this.#untouched();
  }

  async mails(): Promise<readonly OutsideMail[]> {
    return (await this.#mailbox.allMails()).map(({ mailbox, uid, flags, source }) => ({
      mailbox,
      uid,
      flags,
      source,
      messageId: headerOf(source, FIRST) ?? '',
    }));
  }

  async comparison(): Promise<{ readonly before: readonly Untouched[]; readonly after: readonly Untouched[] }> {
    return { before: this.#before, after: await this.#untouched() };
  }

  /** @returns false when there was nothing to do it to */
  async do(deed: OtherDeed): Promise<boolean> {
    return this.#with(async (imap) => {
      switch (deed) {
        case 'see':
        case 'unsee':
          return this.#onLine(imap, 'COI/Chats', async (uid) => {
            await imap.command(`UID STORE ${uid} ${deed === 'see' ? '+' : '-'}FLAGS.SILENT (\\Seen)`);
          });
        case 'move-out-and-in':
          return this.#moveOutAndIn(imap);
        case 'move-to-inbox':
          return this.#onLine(imap, 'COI/Chats', (uid) => this.#move(imap, uid, 'INBOX'));
        case 'bring-in': {
          await imap.append(this.#path('Archive'), this.#ordinary('Brought in by hand', 'brought'), ['\\Seen']);
          await imap.command(`SELECT "${this.#path('Archive')}"`);
          const uid = uidsOf(await imap.command('UID SEARCH SUBJECT "Brought in by hand"')).at(-1);
          if (uid !== undefined) await this.#move(imap, uid, 'COI/Chats');
          return uid !== undefined;
        }
        case 'expunge-own': {
          await imap.append('INBOX', this.#ordinary('Scratch', 'scratch'));
          await imap.command('SELECT INBOX');
          const uid = uidsOf(await imap.command('UID SEARCH SUBJECT "Scratch"')).at(-1);
          if (uid === undefined) return false;
          await imap.command(`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`);
          await imap.command(`UID EXPUNGE ${uid}`);
          return true;
        }
        default:
          return deed satisfies never;
      }
    });
  }

  async #moveOutAndIn(imap: ImapLine): Promise<boolean> {
    let id = '';
    const isOut = await this.#onLine(imap, 'COI/Chats', async (uid) => {
      id =
        /^message-id: *(<[^>]*>)/im.exec(
          await imap.command(`UID FETCH ${uid} BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]`),
        )?.[1] ?? '';
      await this.#move(imap, uid, 'Archive');
    });
    if (!isOut) return false;
    await pause(this.#random.int(0, 800));
    await imap.command(`SELECT "${this.#path('Archive')}"`);
    const uid = uidsOf(await imap.command(`UID SEARCH HEADER Message-ID "${id}"`)).at(-1);
    if (uid !== undefined) await this.#move(imap, uid, 'COI/Chats');
    return true;
  }

  /** To a line of the chats mailbox, one of the newest. */
  async #onLine(imap: ImapLine, mailbox: string, act: (uid: number) => Promise<void>): Promise<boolean> {
    await imap.command(`SELECT "${this.#path(mailbox)}"`);
    const uids = uidsOf(await imap.command('UID SEARCH HEADER Message-ID "chat$" UNDELETED NOT KEYWORD $CoiPending'));
    const uid = this.#random.chance(0.6) ? uids.at(-1) : uids[this.#random.int(0, Math.max(0, uids.length - 1))];
    if (uid === undefined) return false;
    await act(uid);
    return true;
  }

  async #move(imap: ImapLine, uid: number, to: string): Promise<void> {
    await imap.command(`UID MOVE ${uid} "${this.#path(to)}"`);
  }

  async #untouched(): Promise<readonly Untouched[]> {
    return (await this.#mailbox.allMails())
      .filter(({ source }) => /^Message-ID: <untouched\./m.test(source))
      .map(({ mailbox, uid, flags, internalDate, source }) => ({
        place: `${mailbox} ${uid}`,
        flags: flags.join(' '),
        internalDate,
        source,
      }));
  }

  #ordinary(subject: string, kind = 'untouched'): Buffer {
    const number = this.#random.int(0, 1e9).toString(36);
    const source = mailSource({
      from: 'Somebody <somebody@far.test>',
      to: this.#user.address,
      subject,
      text: `About ${subject}.`,
      messageId: `<${kind}.${number}@far.test>`,
    });
    return Buffer.from(source, 'utf8');
  }

  get chatsMailbox(): string {
    return this.#path('COI/Chats');
  }

  #path(path: string): string {
    return mailboxPath(this.#info.imap.server, path);
  }

  async #with<T>(use: (imap: ImapLine) => Promise<T>): Promise<T> {
    const imap = await ImapLine.login(this.#info.ports.imap, this.#user);
    try {
      return await use(imap);
    } finally {
      await imap.logout();
    }
  }
}

function uidsOf(answer: string): readonly number[] {
  const [, list = ''] = /^\* SEARCH([\d ]*)/m.exec(answer) ?? [];
  return list.split(' ').filter(Boolean).map(Number);
}
