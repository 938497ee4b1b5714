/**
 * THE writer: parts to bytes. CRLF everywhere, no line over 998 octets, 7-bit bodies (no relay has to rewrite them,
 * so signatures of servers on the way stay valid). Boundaries cannot occur in what they delimit.
 */
import { type Bytes, concatBytes, utf8 } from '@coi-webmail/base';
import { type Field, parameterField, tokenField } from './field.ts';
import { formatLines, type TextLine, writeFlowed } from './flowed.ts';
import { encodeBase64Lines, encodeQuotedPrintable } from './transfer.ts';

/** text/plain in UTF-8. */
export interface TextEntity {
  readonly kind: 'text';
  readonly lines: readonly TextLine[];
  /** format=flowed; else each line is kept exactly. */
  readonly flowed: boolean;
  readonly fields?: readonly Field[] | undefined;
}

/** Any other leaf, as base64. */
export interface FileEntity {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly disposition: 'attachment' | 'inline';
  /** '' = none. */
  readonly name: string;
  readonly fields?: readonly Field[] | undefined;
}

export interface MultipartEntity {
  readonly kind: 'mixed' | 'alternative';
  readonly children: readonly Entity[];
  readonly fields?: readonly Field[] | undefined;
}

export type Entity = TextEntity | FileEntity | MultipartEntity;

/**
 * A complete message.
 *
 * @param fields the header of the message; MIME-Version and Content-* are added here
 */
export function writeMime(fields: readonly Field[], content: Entity): Bytes {
  const head = [...fields, tokenField('mime-version', '1.0')];
  return writeEntity({ ...content, fields: [...head, ...(content.fields ?? [])] });
}

function writeEntity(entity: Entity): Bytes {
  switch (entity.kind) {
    case 'text':
      return writeText(entity);
    case 'file':
      return writeFile(entity);
    case 'mixed':
    case 'alternative':
      return writeMultipart(entity);
  }
}

function assemble(fields: readonly Field[], body: readonly Uint8Array[]): Bytes {
  return concatBytes([utf8(`${fields.join('')}\r\n`), ...body]);
}

function writeText(entity: TextEntity): Bytes {
  const text = entity.flowed
    ? writeFlowed(entity.lines).join('\r\n')
    : formatLines(entity.lines).replaceAll('\n', '\r\n');
  const bytes = utf8(`${text}\r\n`);
  const encoded = encodeTextBody(bytes, entity.flowed);
  const parameters = entity.flowed ? { charset: 'utf-8', format: 'flowed' } : { charset: 'utf-8' };
  const fields = [
    ...(entity.fields ?? []),
    parameterField('content-type', 'text/plain', parameters),
    tokenField('content-transfer-encoding', encoded.encoding),
  ];
  return assemble(fields, [encoded.bytes]);
}

/** The shortest form that passes every relay; lines that must stay as they are, are never sent bare. */
function encodeTextBody(bytes: Bytes, flowed: boolean): { readonly bytes: Uint8Array; readonly encoding: string } {
  if (flowed && bytes.every((byte) => byte < 0x80)) return { bytes, encoding: '7bit' };
  const quoted = encodeQuotedPrintable(bytes);
  if (quoted.length <= Math.ceil(bytes.length / 3) * 4 * 1.03)
    return { bytes: utf8(quoted), encoding: 'quoted-printable' };
  return { bytes: encodeBase64Lines(bytes), encoding: 'base64' };
}

function writeFile(entity: FileEntity): Bytes {
  const size = { size: String(entity.bytes.length) };
  const fields = [
    ...(entity.fields ?? []),
    parameterField('content-type', entity.type, entity.parameters),
    parameterField(
      'content-disposition',
      entity.disposition,
      entity.name === '' ? size : { filename: entity.name, ...size },
    ),
    tokenField('content-transfer-encoding', 'base64'),
  ];
  return assemble(fields, [encodeBase64Lines(entity.bytes)]);
}

function writeMultipart(entity: MultipartEntity): Bytes {
  const children = entity.children.map((child) => writeEntity(child));
  const boundary = freeBoundary(children);
  const fields = [...(entity.fields ?? []), parameterField('content-type', `multipart/${entity.kind}`, { boundary })];
  const body = children.flatMap((child) => [utf8(`--${boundary}\r\n`), child, utf8('\r\n')]);
  return assemble(fields, [...body, utf8(`--${boundary}--\r\n`)]);
}

/** `=_` occurs neither in quoted-printable nor in base64; in text we look. Numbered, so no chance is involved. */
function freeBoundary(children: readonly Uint8Array[]): string {
  for (let number = 1; ; number++) {
    const boundary = `=_coi_${number}`;
    const mark = utf8(`--${boundary}`);
    if (!children.some((child) => includesBytes(child, mark))) return boundary;
  }
}

function includesBytes(bytes: Uint8Array, mark: Uint8Array): boolean {
  const [first = 0] = mark;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let length = 1;
    while (length < mark.length && bytes[at + length] === mark[length]) length++;
    if (length === mark.length) return true;
  }
  return false;
}
