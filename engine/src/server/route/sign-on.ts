/** POST session: a ticket or a password becomes a sealed session, or prolongs one. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CoiError, isCoiError } from '@coi-webmail/base';
import { check, signOn, type SignedOn } from '@coi-webmail/protocol';
import { ipGroup } from '../../auth/client-ip.ts';
import { signOnByPassword } from '../../auth/password.ts';
import type { Session } from '../../auth/session.ts';
import { storageShare } from '../../auth/storage-share.ts';
import { type Proof, redeemTicket } from '../../auth/ticket.ts';
import { sendJson } from '../answer.ts';
import { readJson } from '../body.ts';
import type { EngineContext } from '../context.ts';
import { formatCookie, sessionCookie } from '../cookie.ts';
import type { Caller } from '../origin.ts';
import type { Opening } from '../registry.ts';

export async function postSession(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  const { config, clock, trust, log } = context;
  const asked = check(signOn, await readJson(request), 'sign-on');
  const clientIp = trust.clientIp(request);
  let session: Session;
  let token: string | undefined;
  if ('ticket' in asked) {
    const proof = await proofOfTicket(context, asked.ticket, clientIp);
    session = await prolongOrCreate(context, { proof, clientIp }, asked.session);
    if (asked.token === true) token = session.value;
  } else {
    if (caller.kind === 'server') throw new CoiError('permission-denied', 'Sign-on by password is for pages only');
    const { ip: perIp, account: perAccount } = context.limits;
    const deps = { issuer: config.passwordIssuer, verifyLogin: context.verifyLogin, perIp, perAccount };
    const proof = await signOnByPassword({ ...asked, clientIp }, deps);
    session = await context.sessions.create(proof, 'password');
  }
  log.info('signed-on', { kind: session.kind });
  const answer: SignedOn = signedOn(context, session);
  if (token !== undefined) {
    sendJson(response, 200, { ...answer, token });
    return;
  }
  const cookie = sessionCookie(session, config.basePath, clock.now());
  if (caller.kind === 'server') {
    sendJson(response, 200, { ...answer, cookie });
    return;
  }
  response.setHeader('Set-Cookie', formatCookie(cookie, trust.scheme(request) === 'https'));
  sendJson(response, 200, answer);
}

export function signedOn({ config }: EngineContext, { identity, expiresAt }: Session): SignedOn {
  const { hash, address, issuer } = identity;
  const share = storageShare(config.storageSecret, issuer.name, address);
  return { accountHash: hash, address, expiresAt, storageShare: share };
}

/** Refused tickets are counted; good ones cost nothing, nor do those of a webmail for a user who has no chat here. */
export async function proofOfTicket(context: EngineContext, ticket: string, clientIp: string): Promise<Proof> {
  const { config, store, clock, limits } = context;
  const ip = ipGroup(clientIp);
  limits.ticket.charge(ip);
  try {
    const proof = await redeemTicket(ticket, clock.now(), { issuers: config.issuers, store });
    limits.ticket.giveBack(ip);
    return proof;
  } catch (error) {
    // Only who has the secret comes so far.
    if (isCoiError(error, 'permission-denied')) limits.ticket.giveBack(ip);
    throw error;
  }
}

/** A session of another account that is handed in here was left behind by a user switch: it ends. */
async function prolongOrCreate(
  context: EngineContext,
  { proof, clientIp }: { readonly proof: Proof; readonly clientIp: string },
  value: string | undefined,
): Promise<Session> {
  const { sessions, watch, registry } = context;
  const before = value === undefined ? undefined : await sessions.open(value);
  if (before?.identity.hash === proof.identity.hash) {
    const prolonged = await sessions.prolong(before, proof);
    watch.prolonged(prolonged);
    // A live account takes the newest secret at once.
    if (registry.socketCount(proof.identity.hash) > 0) registry.acquire(prolonged);
    return prolonged;
  }
  if (before !== undefined) await endSession(context, before);
  const session = await sessions.create(proof, 'host');
  warmUp(context, { ...session, clientIp });
  return session;
}

export async function endSession({ sessions, watch, registry }: EngineContext, session: Session): Promise<void> {
  await sessions.end(session);
  watch.ended(session.id);
  registry.sessionEnded(session.identity.hash);
}

/** The page is about to open its socket: connect to the mail server meanwhile. */
function warmUp({ registry, log }: EngineContext, opening: Opening): void {
  registry
    .acquire(opening)
    .service.describe()
    .catch((error: unknown) => log.debug('warm-up-failed', { code: isCoiError(error) ? error.code : 'internal' }));
}
