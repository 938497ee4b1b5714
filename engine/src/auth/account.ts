/** From a vouched address to the identity of its account. */
import { CoiError } from '@coi-webmail/base';
import type { AccountIdentity, Issuer } from '../account/service.ts';
import { accountHash } from './account-hash.ts';

const MAX_ADDRESS_LENGTH = 320;

/** @throws CoiError `permission-denied` when the address is none of the issuer's */
export function identityOf(issuer: Issuer, address: string): AccountIdentity {
  const vouched = address.toLowerCase();
  if (!isOwnAddress(issuer, vouched)) {
    throw new CoiError('permission-denied', 'The address does not belong to a mail server of this service');
  }
  return { hash: accountHash(issuer.name, vouched), address: vouched, issuer };
}

export function isOwnAddress(issuer: Issuer, address: string): boolean {
  const [local, domain, ...more] = address.toLowerCase().split('@');
  if (local === undefined || domain === undefined || more.length > 0 || address.length > MAX_ADDRESS_LENGTH)
    return false;
  // Plain addresses only: what has to be quoted could mean another mailbox to another reader.
  return /^[^\s"(),:;<>[\]\\\p{Cc}]+$/u.test(local) && issuer.domains.includes(domain);
}
