/** Roundcube as the host of chat. */
import type { Host } from '@coi-webmail/web-components';
import { showUnread } from './badge.ts';
import { lookup } from './lookup.ts';
import { encodeMailboxName } from './mailbox-name.ts';
import { absolute, type CoiEnv, type Rcmail } from './rcmail.ts';
import { signOn } from './session.ts';

/** Roundcube takes a draft by URL, and servers take long URLs badly. */
const MAX_DRAFT_LENGTH = 3_000;

export function makeHost(rcmail: Rcmail, coi: CoiEnv): Host {
  return {
    name: 'roundcube',
    engineUrl: absolute(coi.engine),
    workerUrl: absolute(coi.worker),
    userKey: coi.userKey,
    session: coi.session ?? undefined,
    locale: coi.locale,
    signOn: (reason) => signOn(rcmail, reason),
    openMail: ({ mailbox, uid }) => {
      const query = { _uid: String(uid), _mbox: encodeMailboxName(mailbox) };
      rcmail.location_href(rcmail.url('mail/show', query), window);
    },
    compose: ({ to, subject, text }) => {
      const body = text.length > MAX_DRAFT_LENGTH ? `${text.slice(0, MAX_DRAFT_LENGTH)}…\n\n` : text;
      rcmail.open_compose_step({ _to: to, _subject: subject, _body: body });
    },
    lookup: (query) => lookup(rcmail, query),
    setUnread: showUnread,
    // Roundcube shows its own sign-in page when its session is gone.
    signIn: () => location.reload(),
  };
}
