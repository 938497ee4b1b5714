/** The outer headers of a mail that decide what the engine does with it. Read by packages/coi; no meaning added. */
import {
  type ChatMark,
  chatMarkOf,
  directParentOf,
  type HeaderBlock,
  isBounceHead,
  parseAddressList,
  parseContactAddress,
  parseMessageId,
  parseParameterField,
  readHeaders,
} from '@coi-webmail/coi';

export interface OuterHead {
  /** Without angle brackets. */
  readonly messageId: string | undefined;
  /** In-Reply-To, else the last of References. */
  readonly parent: string | undefined;
  readonly mark: ChatMark | undefined;
  /** A receipt or bounce, in the form of a report or in words: its body names the message that it is about. */
  readonly report: boolean;
  /** All From addresses in their one form, '' for nonsense; one field with one address is the rule. */
  readonly from: readonly string[];
  readonly fromFieldCount: number;
  readonly recipientCount: number;
  readonly hasSender: boolean;
  readonly hasBcc: boolean;
}

/** @param bytes a header section, or a message from its start */
export function readOuterHead(bytes: Uint8Array): OuterHead {
  const headers = readHeaders(bytes);
  return {
    messageId: parseMessageId(headers.first('message-id')),
    parent: directParentOf(headers),
    mark: chatMarkOf(headers),
    report: parseParameterField(headers.first('content-type')).value === 'multipart/report' || isBounceHead(headers),
    from: addresses(headers, 'from'),
    fromFieldCount: headers.all('from').length,
    recipientCount: addresses(headers, 'to').length + addresses(headers, 'cc').length,
    hasSender: headers.has('sender'),
    hasBcc: headers.has('bcc'),
  };
}

function addresses(headers: HeaderBlock, name: 'from' | 'to' | 'cc'): readonly string[] {
  return headers
    .all(name)
    .flatMap(parseAddressList)
    .map(({ address }) => parseContactAddress(address) ?? '');
}
