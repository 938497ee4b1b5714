/**
 * Sign-on by password on the standalone page: the mail server decides. Every refusal sounds the same, so that nobody
 * learns which addresses exist.
 */
import { CoiError, isCoiError } from '@coi-webmail/base';
import type { VerifyLogin } from '../account/service.ts';
import type { SignOnIssuer } from '../config.ts';
import { accountHash } from './account-hash.ts';
import { identityOf, isOwnAddress } from './account.ts';
import { ipGroup } from './client-ip.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Proof } from './ticket.ts';

const MAX_PASSWORD_LENGTH = 1024;

export interface PasswordDeps {
  /** Undefined: nobody signs on by password. */
  readonly issuer: SignOnIssuer | undefined;
  readonly verifyLogin: VerifyLogin;
  readonly perIp: RateLimit;
  readonly perAccount: RateLimit;
}

export interface PasswordTry {
  readonly address: string;
  readonly password: string;
  readonly clientIp: string;
}

/**
 * @throws CoiError `auth-failed`, `throttled`, `permission-denied` (switched off), `imap-unavailable`,
 *   `tls-untrusted`
 */
export async function signOnByPassword(attempt: PasswordTry, deps: PasswordDeps): Promise<Proof> {
  const { issuer, verifyLogin, perIp, perAccount } = deps;
  if (issuer === undefined) throw new CoiError('permission-denied', 'Sign-on by password is not offered here');
  const address = attempt.address.trim().toLowerCase();
  const ip = ipGroup(attempt.clientIp);
  perIp.charge(ip);
  // Text of any length must not become a key.
  const account = accountHash(issuer.name, address);
  perAccount.charge(account);
  if (!isOwnAddress(issuer, address) || !isPassword(attempt.password)) throw refused();
  const credentials = { login: address, secret: attempt.password, auth: 'password' } as const;
  try {
    await verifyLogin(issuer, credentials, attempt.clientIp);
  } catch (error) {
    if (isCoiError(error, 'auth-failed') || isCoiError(error, 'auth-expired')) throw refused(error);
    perIp.giveBack(ip);
    perAccount.giveBack(account);
    throw error;
  }
  perIp.giveBack(ip);
  perAccount.giveBack(account);
  return { identity: identityOf(issuer, address), credentials };
}

/** What could end an IMAP command early is no password. */
function isPassword(password: string): boolean {
  return password !== '' && password.length <= MAX_PASSWORD_LENGTH && !/[\0\r\n]/.test(password);
}

function refused(cause?: unknown): CoiError {
  return new CoiError('auth-failed', 'Address or password is not right', { cause });
}
