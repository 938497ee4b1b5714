/** Why a line failed or waits, from the engine's errors and the mail server's codes. */
import { isCoiError } from '@coi-webmail/base';
import { type DeliveryReason, refusalDetail, refusalReason } from '@coi-webmail/chat';

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
  const { smtpCode, status } = (isCoiError(error) ? error.details : undefined) ?? {};
  return refusalDetail(textOf(status), smtpCode === undefined ? undefined : Number(smtpCode));
}

export function refusalOf(
  smtpCode: number,
  status: string | undefined,
): { readonly reason: DeliveryReason; readonly detail: string | undefined } {
  const reason = refusalReason(status, smtpCode);
  // Nothing came back by mail: the server said it at once.
  return { reason: reason === 'bounced' ? 'refused' : reason, detail: refusalDetail(status, smtpCode) };
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
