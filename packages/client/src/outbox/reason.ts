/** Why a line failed or waits, from the engine's errors and the mail server's codes. */
import { isCoiError } from '@coi-webmail/base';
import type { DeliveryReason } from '@coi-webmail/chat';

export function reasonOf(error: unknown): DeliveryReason {
  if (!isCoiError(error)) return 'refused';
  switch (error.code) {
    case 'offline':
      return 'offline';
    case 'engine-unreachable':
    case 'timeout':
    case 'overloaded':
      return 'engine-unreachable';
    case 'imap-unavailable':
    case 'smtp-unavailable':
      return 'mail-server-down';
    case 'throttled':
      return 'limit-reached';
    case 'recipient-rejected':
      return refusalOf(Number(error.details?.['smtpCode'] ?? 0), textOf(error.details?.['status'])).reason;
    case 'sender-rejected':
      return 'sender-refused';
    case 'message-too-large':
      return 'too-large';
    case 'quota-exceeded':
      return 'limit-reached';
    default:
      return 'refused';
  }
}

export function detailOf(error: unknown): string | undefined {
  if (!isCoiError(error)) return undefined;
  return joined(error.details?.['smtpCode'], error.details?.['status']);
}

export function refusalOf(
  smtpCode: number,
  status: string | undefined,
): { readonly reason: DeliveryReason; readonly detail: string | undefined } {
  const isFull = status?.endsWith('.2.2') === true || smtpCode === 552 || smtpCode === 452;
  const isUnknown = status?.endsWith('.1.1') === true || status?.endsWith('.1.2') === true || smtpCode === 550;
  const reason = isFull ? 'recipient-full' : isUnknown ? 'recipient-unknown' : 'refused';
  return { reason, detail: joined(smtpCode === 0 ? undefined : smtpCode, status) };
}

function joined(...parts: readonly (string | number | boolean | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join(' ');
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
