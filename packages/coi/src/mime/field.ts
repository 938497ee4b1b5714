/**
 * Header fields for the writer, each complete with CRLF and folded at 78. The only way to make one is here, and
 * nothing that comes in can end a field or start another: controls become spaces.
 */
import { type Brand, CoiError } from '@coi-webmail/base';
import { HEADERS, type HeaderName } from '../header/table.ts';
import type { Mailbox, MessageId } from '../message.ts';
import { formatMessageId } from '../message-id.ts';
import { formatAddressField } from './address-list.ts';
import { formatDate } from './date.ts';
import { formatParameterField } from './parameter.ts';
import { foldField, plainText, textTokens } from './words.ts';

/** One header field as it goes out. */
export type Field = Brand<string, 'Field'>;

/** Never in a mail of ours: it would tell the others (design §4.3). */
const FORBIDDEN: readonly HeaderName[] = ['bcc'];

function nameOf(name: HeaderName): string {
  if (FORBIDDEN.includes(name)) throw new CoiError('invariant', 'A Bcc field must not be written');
  return HEADERS[name].name;
}

/** Words for people: Subject, group names. Anything beyond ASCII becomes encoded words. */
export function textField(name: HeaderName, text: string): Field {
  return foldField(nameOf(name), textTokens(text)) as Field;
}

/** A keyword or other short machine value, printable ASCII; what is not is dropped. */
export function tokenField(name: HeaderName, value: string): Field {
  return foldField(nameOf(name), [
    plainText(value)
      .replace(/[^ -~]+/g, '')
      .trim(),
  ]) as Field;
}

export function addressField(name: HeaderName, mailboxes: readonly Mailbox[]): Field {
  return formatAddressField(nameOf(name), mailboxes) as Field;
}

export function messageIdField(name: HeaderName, ids: readonly MessageId[]): Field {
  return foldField(nameOf(name), ids.map(formatMessageId)) as Field;
}

/** @param at epoch milliseconds */
export function dateField(at: number): Field {
  return foldField(nameOf('date'), [formatDate(at)]) as Field;
}

export function parameterField(
  name: HeaderName,
  value: string,
  parameters: Readonly<Record<string, string>> = {},
): Field {
  return formatParameterField(nameOf(name), value, parameters) as Field;
}
