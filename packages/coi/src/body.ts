/**
 * Which parts of a mail are its text, and which are attachments (coi-client-spec "Text Messages"; RFC 2046 5.1).
 *
 * text/plain wins over HTML; parts for the machinery are skipped; everything else is an attachment, also inside an
 * alternative that was not chosen.
 */
import { isSkippedPart } from './kind.ts';
import type { AttachmentPart } from './message.ts';
import { decodeWords } from './mime/words.ts';
import { bodyOf, hasWords, type MimePart } from './mime/part.ts';
import { transferEncodingOf } from './mime/transfer.ts';

export interface BodyParts {
  /** text/plain and text/html parts that make up the text, in order. */
  readonly texts: readonly MimePart[];
  readonly attachments: readonly MimePart[];
}

export function selectBody(root: MimePart): BodyParts {
  const texts: MimePart[] = [];
  const attachments: MimePart[] = [];
  // The Chat-Content of a whole message was judged by its kind.
  collectContent(root, texts, attachments, false);
  return { texts, attachments };
}

const TEXT_TYPES = new Set(['text/plain', 'text/html']);
/** Other renderings of the same words. */
const RENDERINGS = new Set([
  'text/plain',
  'text/html',
  'text/markdown',
  'text/enriched',
  'text/richtext',
  'text/x-amp-html',
  'text/watch-html',
  'text/x-markdown',
]);
const SIGNATURE_TYPES = new Set([
  'application/pgp-signature',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
]);

/** @param isRelated inside multipart/related: what is no text belongs into the HTML */
function collect(part: MimePart, texts: MimePart[], attachments: MimePart[], isRelated: boolean): void {
  if (!isSkippedPart(part)) collectContent(part, texts, attachments, isRelated);
}

function collectContent(part: MimePart, texts: MimePart[], attachments: MimePart[], isRelated: boolean): void {
  if (part.children.length > 0 || part.type.startsWith('multipart/')) {
    if (part.type === 'multipart/alternative') collectAlternative(part, texts, attachments);
    else if (part.type === 'multipart/signed') collectSigned(part, texts, attachments);
    else for (const child of part.children) collect(child, texts, attachments, part.type === 'multipart/related');
    return;
  }
  if (isText(part, texts.length > 0 || isRelated)) texts.push(part);
  else if (!SIGNATURE_TYPES.has(part.type)) attachments.push(part);
}

function isText(part: MimePart, hasText: boolean): boolean {
  if (!TEXT_TYPES.has(part.type) || part.disposition === 'attachment') return false;
  return fileNameOf(part) === '' || (!hasText && part.disposition !== 'inline');
}

function collectSigned(part: MimePart, texts: MimePart[], attachments: MimePart[]): void {
  const content = part.children[0];
  if (content !== undefined) collect(content, texts, attachments, false);
}

/** The first alternative with words in plain text, else the last one with any; files of the others are kept. */
function collectAlternative(part: MimePart, texts: MimePart[], attachments: MimePart[]): void {
  const branches = part.children.map((child) => {
    const branch: { texts: MimePart[]; attachments: MimePart[] } = { texts: [], attachments: [] };
    collect(child, branch.texts, branch.attachments, false);
    return branch;
  });
  const plain = branches.find((branch) => branch.texts.some((text) => text.type === 'text/plain' && hasWords(text)));
  const chosen = plain ?? branches.findLast((branch) => branch.texts.length > 0);
  texts.push(...(chosen?.texts ?? []));
  for (const branch of branches) {
    attachments.push(...branch.attachments.filter((file) => branch === chosen || !isRendering(file)));
  }
}

function isRendering(part: MimePart): boolean {
  return RENDERINGS.has(part.type) && part.disposition !== 'attachment' && fileNameOf(part) === '';
}

/** @param cutBytes octets of the mail behind the prefix that was read; they belong to the part that is open */
export function attachmentOf(part: MimePart, cutBytes: number): AttachmentPart {
  return {
    part: part.part,
    name: fileNameOf(part),
    type: part.type === '' ? 'application/octet-stream' : part.type,
    sizeBytes: sizeOf(part, cutBytes),
    inline: part.disposition === 'inline' || (part.disposition === '' && part.headers.has('content-id')),
  };
}

function sizeOf(part: MimePart, cutBytes: number): number {
  if (!part.open || cutBytes === 0) return bodyOf(part).length;
  const declared = Number(part.dispositionParameters.get('size') ?? Number.NaN);
  if (Number.isSafeInteger(declared) && declared > 0) return declared;
  const encoded = part.body.length + cutBytes;
  const isBase64 = transferEncodingOf(part.headers.first('content-transfer-encoding')) === 'base64';
  // 76 characters and CRLF carry 57 octets.
  return isBase64 ? Math.round((encoded * 57) / 78) : encoded;
}

const MAX_NAME_LENGTH = 200;

/** A file name that a person may see: no path, no controls, nothing that turns text around. */
export function fileNameOf(part: MimePart): string {
  const written = part.dispositionParameters.get('filename') ?? part.parameters.get('name') ?? '';
  if (written === '') return '';
  const base = decodeWords(written).split(/[/\\]/).at(-1) ?? '';
  // oxlint-disable-next-line no-control-regex -- controls are what this removes
  const name = base.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, '').trim();
  if (/^\.*$/.test(name)) return '';
  if (name.length <= MAX_NAME_LENGTH) return name.toWellFormed();
  const extension = /\.[^.]{1,20}$/.exec(name)?.[0] ?? '';
  return (name.slice(0, MAX_NAME_LENGTH - extension.length) + extension).toWellFormed();
}
