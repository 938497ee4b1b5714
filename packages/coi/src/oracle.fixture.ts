/** The facts of a mail as we, postal-mime and mailparser read them, made comparable. */
import { type AddressObject, simpleParser } from 'mailparser';
import PostalMime, { type Address } from 'postal-mime';
import { parseContactAddress } from './address.ts';
import { fileNameOf, selectBody } from './body.ts';
import { decodeMessage } from './decode-message.ts';
import type { ContactAddress } from './message.ts';
import { parseMailboxes } from './mime/address-list.ts';
import { formatLines, readFixed, readFlowed } from './mime/flowed.ts';
import { textOf } from './mime/part.ts';
import { readMime } from './mime/read.ts';
import { cleanText } from './text.ts';

export interface Facts {
  readonly subject: string;
  readonly from: readonly ContactAddress[];
  readonly to: readonly ContactAddress[];
  readonly id: string;
  /** All plain text, nothing folded. */
  readonly text: string;
  /** Names of attachments that have one. */
  readonly files: readonly string[];
}

export type Fact = keyof Facts;

export function squeeze(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim();
}

export function ourFacts(bytes: Uint8Array): Facts {
  const root = readMime(bytes);
  const message = decodeMessage(bytes);
  const { texts, attachments } = selectBody(root);
  const addresses = (values: readonly string[]) => parseMailboxes(values).map(({ address }) => address);
  const plain = texts
    .filter((part) => part.type === 'text/plain')
    .map((part) => {
      const text = cleanText(textOf(part).text);
      const isFlowed = part.parameters.get('format')?.toLowerCase() === 'flowed';
      const delSp = part.parameters.get('delsp')?.toLowerCase() === 'yes';
      return formatLines(isFlowed ? readFlowed(text, delSp) : readFixed(text));
    });
  return {
    subject: squeeze(message.subject),
    from: addresses(root.headers.all('from').slice(0, 1)),
    to: addresses(root.headers.all('to')),
    id: message.rewrittenId ?? message.messageId ?? '',
    text: squeeze(plain.join('\n')),
    files: attachments.map(fileNameOf).filter((name) => name !== ''),
  };
}

export async function postalFacts(bytes: Uint8Array): Promise<Facts> {
  const read = await new PostalMime({ forceRfc822Attachments: true }).parse(bytes);
  return {
    subject: squeeze(read.subject),
    from: valid(read.from === undefined ? [] : flat([read.from])),
    to: valid(flat(read.to)),
    id: (read.messageId ?? '').replace(/[<>\s]/g, ''),
    text: squeeze(read.text),
    files: read.attachments.flatMap(({ filename }) => filename ?? []),
  };
}

export async function parserFacts(bytes: Uint8Array): Promise<Facts> {
  const options = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true };
  const read = await simpleParser(Buffer.from(bytes), options);
  return {
    subject: squeeze(read.subject),
    from: valid(people(read.from)),
    to: valid(people(read.to)),
    id: (read.messageId ?? '').replace(/[<>\s]/g, ''),
    text: squeeze(read.text),
    files: read.attachments.flatMap(({ filename }) => filename ?? []),
  };
}

function flat(addresses: readonly Address[] | undefined): readonly string[] {
  return (addresses ?? []).flatMap((entry) => (entry.group === undefined ? [entry.address ?? ''] : flat(entry.group)));
}

/** mailparser's addresses, groups opened. */
export function people(field: AddressObject | AddressObject[] | undefined): readonly string[] {
  const objects = field === undefined ? [] : Array.isArray(field) ? field : [field];
  return objects.flatMap((object) =>
    object.value.flatMap((entry) => entry.group?.map((member) => member.address ?? '') ?? [entry.address ?? '']),
  );
}

function valid(addresses: readonly string[]): readonly ContactAddress[] {
  return addresses.flatMap((address) => parseContactAddress(address) ?? []);
}

/** @returns the facts that differ */
export function differing(one: Facts, other: Facts): readonly Fact[] {
  const facts: readonly Fact[] = ['subject', 'from', 'to', 'id', 'text', 'files'];
  return facts.filter((fact) => JSON.stringify(one[fact]) !== JSON.stringify(other[fact]));
}
