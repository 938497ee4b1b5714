/** The outer headers of a mail that decide what the engine does with it. Reads packages/coi, adds no meaning. */
import { fromUtf8 } from '@coi-webmail/base';

export type ChatMark = 'chat-version' | 'message-id' | 'references';

export interface OuterHead {
  /** Without angle brackets. */
  readonly messageId: string | undefined;
  /** In-Reply-To, else the last of References. */
  readonly parent: string | undefined;
  readonly mark: ChatMark | undefined;
  /** `multipart/report`: receipt or bounce. */
  readonly report: boolean;
  /** All From addresses, lower-case; one header field with one address is the rule. */
  readonly from: readonly string[];
  readonly fromFieldCount: number;
  readonly recipientCount: number;
  readonly hasSender: boolean;
  readonly hasBcc: boolean;
}

const IDS = /<([^<>\s]+)>/g;
const ADDRESS = /[^\s<>,;:"()]+@[^\s<>,;:"()]+/g;

export function readOuterHead(bytes: Uint8Array): OuterHead {
  const fields = readFields(bytes);
  const all = (name: string) => fields.filter((field) => field.name === name).map((field) => field.value);
  const first = (name: string) => all(name)[0];
  const messageId = ids(first('message-id'))[0];
  const references = ids(first('references'));
  const from = all('from').flatMap(addresses);
  return {
    messageId,
    parent: ids(first('in-reply-to'))[0] ?? references.at(-1),
    mark:
      first('chat-version') !== undefined
        ? 'chat-version'
        : messageId?.startsWith('chat$') === true
          ? 'message-id'
          : references[0]?.startsWith('chat$') === true
            ? 'references'
            : undefined,
    report: /^multipart\/report\b/i.test(first('content-type') ?? ''),
    from,
    fromFieldCount: all('from').length,
    recipientCount: [...all('to'), ...all('cc')].flatMap(addresses).length,
    hasSender: first('sender') !== undefined,
    hasBcc: first('bcc') !== undefined,
  };
}

function readFields(bytes: Uint8Array): readonly { readonly name: string; readonly value: string }[] {
  const text = fromUtf8(bytes);
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const lines = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [{ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() }];
  });
}

function ids(value: string | undefined): readonly string[] {
  return [...(value ?? '').matchAll(IDS)].map((match) => match[1] ?? '');
}

function addresses(value: string): readonly string[] {
  return (value.match(ADDRESS) ?? []).map((address) => address.toLowerCase());
}
