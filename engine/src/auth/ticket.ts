/**
 * Tickets: how a webmail's plugin proves who its user is (design §4.5). A JWE with `dir` and A256GCM, sealed with the
 * secret that plugin and issuer share, short-lived and used once.
 */
import { createHash } from 'node:crypto';
import { CoiError, isCoiError } from '@coi-webmail/base';
import { check, type TicketClaims, ticketClaims } from '@coi-webmail/protocol';
import { decodeProtectedHeader, errors, jwtDecrypt } from 'jose';
import type { AccountIdentity, Credentials } from '../account/service.ts';
import type { SignOnIssuer } from '../config.ts';
import type { Store } from '../store/store.ts';
import { identityOf } from './account.ts';

const AUDIENCE = 'coi-engine';
const MAX_LIFETIME_S = 60;
/** Clock difference that is forgiven. */
const LEEWAY_S = 30;
const MAX_TICKET_LENGTH = 16_384;

export interface Proof {
  readonly identity: AccountIdentity;
  readonly credentials: Credentials;
}

export interface TicketDeps {
  readonly issuers: readonly SignOnIssuer[];
  readonly store: Store;
}

/**
 * Not idempotent: a ticket that passed is used up.
 *
 * @throws CoiError `auth-expired` (too old), `auth-failed` (not a ticket of ours, or used before),
 *   `permission-denied` (host or address that the issuer may not speak for)
 */
export async function redeemTicket(ticket: string, nowAt: number, { issuers, store }: TicketDeps): Promise<Proof> {
  const issuer = issuerOf(ticket, issuers);
  const claims = await openTicket(ticket, issuer, nowAt);
  checkTimes(claims, nowAt);
  const { host, port } = claims.imap;
  if (!issuer.imapNames.includes(`${host}:${port}`.toLowerCase())) {
    throw new CoiError('permission-denied', 'The ticket names a mail server that its issuer does not have');
  }
  const identity = identityOf(issuer, claims.address);
  const id = createHash('sha256').update(`${issuer.name}\0${claims.jti}`).digest('hex');
  const keptUntil = (claims.exp + 2 * LEEWAY_S) * 1000;
  if (!(await store.useTicketId(id, keptUntil))) throw new CoiError('auth-failed', 'The ticket was used before');
  const { login, secret, auth } = claims;
  return { identity, credentials: { login, secret, auth } };
}

/** By the name in the protected header; a ticket without one fits only where a single issuer takes tickets. */
function issuerOf(ticket: string, issuers: readonly SignOnIssuer[]): SignOnIssuer {
  if (ticket.length > MAX_TICKET_LENGTH) throw refused();
  const takers = issuers.filter(({ ticketSecret }) => ticketSecret !== undefined);
  let name: string | undefined;
  try {
    name = decodeProtectedHeader(ticket).kid;
  } catch (cause) {
    throw refused(cause);
  }
  const issuer = name === undefined && takers.length === 1 ? takers[0] : takers.find((taker) => taker.name === name);
  if (issuer === undefined) throw refused();
  return issuer;
}

async function openTicket(ticket: string, issuer: SignOnIssuer, nowAt: number): Promise<TicketClaims> {
  if (issuer.ticketSecret === undefined) throw refused();
  try {
    const { payload } = await jwtDecrypt(ticket, issuer.ticketSecret, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      issuer: issuer.name,
      audience: AUDIENCE,
      clockTolerance: LEEWAY_S,
      currentDate: new Date(nowAt),
    });
    return check(ticketClaims, payload, 'ticket');
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw expired();
    // Which claim is missing helps only somebody who has the secret.
    throw isCoiError(cause) ? cause : refused(cause);
  }
}

function checkTimes({ exp, iat }: TicketClaims, nowAt: number): void {
  const now = nowAt / 1000;
  if (exp < now - LEEWAY_S) throw expired();
  if (exp > now + MAX_LIFETIME_S + LEEWAY_S || iat > now + LEEWAY_S) {
    throw new CoiError('auth-failed', 'The ticket lives too long; check the clocks of webmail and engine');
  }
}

function expired(): CoiError {
  return new CoiError('auth-expired', 'The ticket is too old');
}

function refused(cause?: unknown): CoiError {
  return new CoiError('auth-failed', 'The ticket is not one of a known issuer', { cause });
}
