/**
 * Who wrote it (design §4.1, Own and Proof). Own needs From = the user and a copy that only the user's side can
 * have made; anybody else's From:me is incoming.
 */
import type { CoiMessage } from '@coi-webmail/coi';
import type { CopyRecord, RowRecord } from '../state.ts';
import { isFromSelf } from './message.ts';

export const OWN_KEYWORD = '$CoiOwn';
export const PENDING_KEYWORD = '$CoiPending';

export function hasFlag(copy: Pick<CopyRecord, 'flags'>, flag: string): boolean {
  const wanted = flag.toLowerCase();
  return copy.flags.some((have) => have.toLowerCase() === wanted);
}

export function isOwnCopy(
  message: CoiMessage,
  copy: Pick<CopyRecord, 'role' | 'flags' | 'delivered'>,
  self: ReadonlySet<string>,
): boolean {
  if (!isFromSelf(message, self)) return false;
  return copy.role === 'sent' || hasFlag(copy, OWN_KEYWORD) || !copy.delivered;
}

export function isOwn(row: Pick<RowRecord, 'message' | 'copies' | 'outbox'>, self: ReadonlySet<string>): boolean {
  return row.outbox !== undefined || row.copies.some((copy) => isOwnCopy(row.message, copy, self));
}

export function proofOf(row: RowRecord, self: ReadonlySet<string>): RowRecord['proof'] {
  if (isOwn(row, self)) return 'own';
  if (isFromSelf(row.message, self)) return 'unproven';
  const first = row.copies.reduce<CopyRecord | undefined>(
    (best, copy) => (best === undefined || copy.internalAt < best.internalAt ? copy : best),
    undefined,
  );
  // A line of the fast lane was submitted by the engine for its sender's account.
  if (first === undefined) return row.laneAt === undefined ? 'unproven' : 'authenticated';
  return first.auth === 'pass' ? 'authenticated' : first.auth === 'fail' ? 'refuted' : 'unproven';
}

/**
 * What Authentication-Results (RFC 8601) of our own mail server say about the From domain.
 *
 * Only the topmost headers of that authserv-id count: one below a foreign header came with the mail.
 */
export function authOf(message: CoiMessage, authservId: string | undefined): CopyRecord['auth'] {
  const domain = message.from?.address.split('@')[1];
  if (authservId === undefined || domain === undefined) return 'none';
  const trusted: string[] = [];
  for (const value of message.authenticationResults) {
    const id = value.split(';', 1)[0]?.trim().split(/\s/)[0];
    if (id?.toLowerCase() !== authservId.toLowerCase()) break;
    trusted.push(...value.split(';').slice(1));
  }
  return judge(trusted.map(parseResult), domain);
}

interface MethodResult {
  readonly method: string;
  readonly result: string;
  readonly properties: ReadonlyMap<string, string>;
}

function parseResult(text: string): MethodResult {
  const words = text
    .replace(/\([^()]*\)/g, ' ')
    .trim()
    .toLowerCase()
    .split(/\s+/);
  const pairs = words.map((word) => word.split('=', 2).map((side) => side.replaceAll('"', '')) as [string, string?]);
  const [method = '', result = ''] = pairs[0] ?? [];
  return {
    method: method.split('/')[0] ?? '',
    result,
    properties: new Map(pairs.slice(1).map(([k, v]) => [k, v ?? ''])),
  };
}

function judge(results: readonly MethodResult[], domain: string): CopyRecord['auth'] {
  const is = (method: string, result: string) =>
    results.filter((entry) => entry.method === method && entry.result === result);
  if (is('dmarc', 'fail').length > 0) return 'fail';
  if (is('dmarc', 'pass').some(({ properties }) => isAligned(properties.get('header.from') ?? domain, domain))) {
    return 'pass';
  }
  const signed = is('dkim', 'pass').some(({ properties }) =>
    isAligned(properties.get('header.d') ?? properties.get('header.i') ?? '', domain),
  );
  const listed = is('spf', 'pass').some(({ properties }) => isAligned(properties.get('smtp.mailfrom') ?? '', domain));
  if (signed || listed) return 'pass';
  return is('spf', 'fail').length > 0 && is('dkim', 'fail').length > 0 ? 'fail' : 'none';
}

/** Relaxed alignment: the same domain, or one below the other; a top-level domain aligns with nothing. */
function isAligned(addressOrDomain: string, domain: string): boolean {
  const other = addressOrDomain.slice(addressOrDomain.lastIndexOf('@') + 1);
  if (!other.includes('.')) return other === domain;
  return other === domain || other.endsWith(`.${domain}`) || domain.endsWith(`.${other}`);
}
