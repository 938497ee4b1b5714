/** A node of the MIME tree: views into the message, decoded when asked. */
import { parseParameterField } from './parameter.ts';
import { decodeCharset, type DecodedText } from './charset.ts';
import type { HeaderBlock } from './header-block.ts';
import { decodeTransfer, transferEncodingOf } from './transfer.ts';

export interface MimePart {
  /** IMAP section number (RFC 3501 6.4.5), `1` or `2.1`; '' for a multipart at the top. */
  readonly part: string;
  readonly headers: HeaderBlock;
  /** Lower-case media type as declared, `text/plain` when missing or malformed. */
  readonly type: string;
  /** Of Content-Type. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Lower-case Content-Disposition, '' = none. */
  readonly disposition: string;
  readonly dispositionParameters: ReadonlyMap<string, string>;
  /** Undecoded body, a view into the message; of a multipart all that follows its header. */
  readonly body: Uint8Array;
  /** Parts of a multipart, else empty. */
  readonly children: readonly MimePart[];
  /** Nothing delimits the body but the end of the bytes: it is cut if they were only a prefix. */
  readonly open: boolean;
  /** There is more inside than the limits let us read. */
  readonly tooDeep: boolean;
}

/** Body without its transfer encoding. */
export function bodyOf(part: MimePart): Uint8Array {
  return decodeTransfer(part.body, transferEncodingOf(part.headers.first('content-transfer-encoding')));
}

/** Text of a part as written, format=flowed still in place. */
export function textOf(part: MimePart): DecodedText {
  const bytes = bodyOf(part);
  return decodeCharset(bytes, part.parameters.get('charset') ?? (part.type === 'text/html' ? metaCharset(bytes) : ''));
}

/** `<meta charset=…>`, also in a Content-Type of HTML's own; browsers look as far. */
const META_BYTES = 1024;

function metaCharset(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, META_BYTES));
  return /<meta\s[^>]{0,200}charset\s{0,5}=\s{0,5}["']?([\w-]{1,40})/i.exec(start)?.[1] ?? '';
}

/** Is there anything but white space? */
export function hasWords(part: MimePart): boolean {
  return bodyOf(part).some((byte) => byte > 0x20);
}

/** Chat-Content of a part or message, without parameters and stray `;` (facts: the spec's examples have both). */
export function chatContentOf(headers: HeaderBlock): string | undefined {
  const value = headers.first('chat-content');
  if (value === undefined) return undefined;
  const { value: content } = parseParameterField(value);
  return content === '' ? undefined : content;
}

/** All parts below and including this one, in order of the mail. */
export function* walkParts(part: MimePart): Generator<MimePart> {
  yield part;
  for (const child of part.children) yield* walkParts(child);
}
