/**
 * Group ids: `[0-9A-Za-z_-]`, case-sensitive. COI asks for at least 12 characters, Delta Chat takes 11 to 32; we
 * make 24 and read what either makes.
 */
import { CoiError, toBase64Url } from '@coi-webmail/base';

const GROUP_ID = /^[0-9A-Za-z_-]{11,64}$/;
const RANDOM_BYTES = 18;

/** @param random 18 octets that nobody can guess */
export function makeGroupId(random: Uint8Array): string {
  if (random.length < RANDOM_BYTES) throw new CoiError('invariant', 'Making a group id needs more random octets');
  return toBase64Url(random.subarray(0, RANDOM_BYTES));
}

export function isGroupId(text: string): boolean {
  return GROUP_ID.test(text);
}
