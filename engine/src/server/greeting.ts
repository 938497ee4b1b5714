/** Answers `hello`: version, account, and where the socket's events begin. */
import { check, CLOSE, METHODS, PROTOCOL_MINIMUM, PROTOCOL_VERSION, type Result } from '@coi-webmail/protocol';
import type { Session } from '../auth/session.ts';
import { storageShare } from '../auth/storage-share.ts';
import type { EngineContext } from './context.ts';
import type { LiveAccount } from './registry.ts';

export type Hello = ReturnType<typeof readHello>;

/** @throws CoiError `invalid-request` */
export function readHello(params: unknown) {
  return check(METHODS.hello.params, params, 'params of hello');
}

/** The close code for a hello that cannot be answered. */
export function refusalOf(hello: Hello, session: Session): number | undefined {
  if (hello.protocol < PROTOCOL_MINIMUM || hello.protocol > PROTOCOL_VERSION) return CLOSE.protocolMismatch;
  return hello.accountHash === session.identity.hash ? undefined : CLOSE.accountMismatch;
}

/**
 * The events after `seq` of the answer have to follow it: those since the resume point, or those that happen while
 * the account is being described.
 *
 * @throws CoiError `auth-failed`, `imap-unavailable`, `tls-untrusted`
 */
export async function greet(
  { config, clock }: EngineContext,
  { service, log }: LiveAccount,
  hello: Hello,
  session: () => Session,
): Promise<Result<'hello'>> {
  const seqBefore = log.seq;
  const description = await service.describe();
  const { resume } = hello;
  const isResumed = resume !== undefined && resume.stream === log.stream && log.since(resume.seq) !== undefined;
  const { identity, expiresAt } = session();
  return {
    stream: log.stream,
    seq: isResumed ? resume.seq : seqBefore,
    resumed: isResumed,
    serverAt: clock.now(),
    storageShare: storageShare(config.storageSecret, identity.issuer.name, identity.address),
    expiresAt,
    ...description,
  };
}
