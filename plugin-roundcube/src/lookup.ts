/** Search in Roundcube's address books, by the action that its own composer uses. */
import type { HostContact } from '@coi-webmail/web-components';
import { absolute, type Rcmail } from './rcmail.ts';

const MAX_CONTACTS = 10;
const CALL = /^this\.ksearch_query_results\((.*)\);$/mu;

/** "Name <address>", with or without quotes, or a bare address. */
function readContact(text: string): HostContact | undefined {
  const [, quoted, plain, address] =
    /^(?:"((?:[^"\\]|\\.)*)"|([^<]*?))\s*<([^<>\s]+@[^<>\s]+)>$/u.exec(text.trim()) ?? [];
  if (address !== undefined) return { name: quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '', address };
  return /^[^\s<>"]+@[^\s<>"]+$/u.test(text) ? { name: '', address: text } : undefined;
}

/** The answer is a call of a function of Roundcube's page; its first argument is JSON. */
export function readContacts(exec: string): readonly HostContact[] {
  const call = CALL.exec(exec)?.[1];
  if (call === undefined) return [];
  let found: unknown;
  try {
    [found] = JSON.parse(`[${call}]`) as unknown[];
  } catch {
    return [];
  }
  return (Array.isArray(found) ? found : []).flatMap((one: { readonly name?: unknown; readonly type?: unknown }) =>
    typeof one.name === 'string' && one.type !== 'group' ? (readContact(one.name) ?? []) : [],
  );
}

export async function lookup(rcmail: Rcmail, query: string): Promise<readonly HostContact[]> {
  const search = { _search: query, _reqid: '0', _remote: '1' };
  const answer = await fetch(absolute(rcmail.url('mail/autocomplete', search)), {
    credentials: 'same-origin',
    headers: { 'X-Roundcube-Request': rcmail.env.request_token, 'X-Requested-With': 'XMLHttpRequest' },
  });
  const { exec } = (await answer.json()) as { readonly exec?: unknown };
  return typeof exec === 'string' ? readContacts(exec).slice(0, MAX_CONTACTS) : [];
}
