/** Why a mail server does not take a mail for somebody, as a person understands it (RFC 3463, RFC 5321 4.2.3). */
import type { DeliveryReason } from '../view.ts';

/** Class and subject are told apart, so that temporary ones that became final mean the same. */
const BY_STATUS: readonly (readonly [pattern: RegExp, reason: DeliveryReason])[] = [
  [/^[45]\.1\.(?:[1236]|10)$/, 'recipient-unknown'],
  [/^[45]\.1\.[78]$/, 'sender-refused'],
  [/^[45]\.2\.1$/, 'recipient-unknown'],
  [/^[45]\.2\.2$/, 'recipient-full'],
  [/^[45]\.(?:2\.3|3\.4)$/, 'too-large'],
  [/^[45]\.5\.3$/, 'limit-reached'],
  [/^4\.7\./, 'limit-reached'],
  [/^5\.7\./, 'refused'],
  [/^[45]\.4\.4$/, 'recipient-unknown'],
];

const BY_CODE: Readonly<Record<number, DeliveryReason>> = {
  450: 'limit-reached',
  451: 'limit-reached',
  452: 'limit-reached',
  550: 'recipient-unknown',
  551: 'recipient-unknown',
  552: 'recipient-full',
  553: 'recipient-unknown',
  554: 'refused',
  556: 'recipient-unknown',
};

/** @param status RFC 3463 @param smtpCode reply code, where there is no status that says more */
export function refusalReason(status: string | undefined, smtpCode: number | undefined): DeliveryReason {
  const known = status === undefined ? undefined : BY_STATUS.find(([pattern]) => pattern.test(status))?.[1];
  if (known !== undefined) return known;
  // A status that says nothing of use, such as 5.0.0, says less than the code.
  const isVague = status === undefined || /^[45]\.0\.0$/.test(status);
  return (isVague && smtpCode !== undefined ? BY_CODE[smtpCode] : undefined) ?? 'bounced';
}

/** For example `550 5.1.1`; undefined when neither is known. */
export function refusalDetail(status: string | undefined, smtpCode: number | undefined): string | undefined {
  const parts = [smtpCode, status].filter((part) => part !== undefined && part !== 0);
  return parts.length === 0 ? undefined : parts.join(' ');
}
