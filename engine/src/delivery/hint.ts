/**
 * What a mail server tells the engine at delivery: in which mailbox of whom something happened. Written by
 * `engine/dovecot/coi-delivery.lua`. A hint, never a truth: whoever gets one looks into the mailbox.
 */
import { CoiError } from '@coi-webmail/base';

/**
 * `delivered`: new mail came in. `appended`: a mail program put a mail there, or moved it there. `changed`: flags, or
 * mail that went. `listed`: the mailbox was made, removed or renamed.
 */
export type HintKind = 'delivered' | 'appended' | 'changed' | 'listed';

export interface DeliveryHint {
  readonly kind: HintKind;
  readonly mailbox: string;
}

export interface DeliveryNotice {
  /** The user's name at the mail server. */
  readonly user: string;
  readonly hints: readonly DeliveryHint[];
}

const KINDS: readonly string[] = ['delivered', 'appended', 'changed', 'listed'] satisfies readonly HintKind[];
const MAX_HINTS = 200;

/** @throws CoiError `invalid-request` */
export function parseNotice(value: unknown): DeliveryNotice {
  if (!isRecord(value) || !isName(value['user'])) throw malformed();
  const changes = value['changes'];
  if (!Array.isArray(changes) || changes.length > MAX_HINTS) throw malformed();
  return { user: value['user'], hints: changes.map(parseHint) };
}

function parseHint(value: unknown): DeliveryHint {
  if (!isRecord(value) || !isKind(value['kind']) || !isName(value['mailbox'])) throw malformed();
  return { kind: value['kind'], mailbox: value['mailbox'] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 1024;
}

function isKind(value: unknown): value is HintKind {
  return typeof value === 'string' && KINDS.includes(value);
}

function malformed(): CoiError {
  return new CoiError('invalid-request', 'The delivery event cannot be read');
}
