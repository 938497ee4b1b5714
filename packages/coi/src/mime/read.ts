/**
 * THE reader: bytes of a message to a tree of parts (RFC 2045, 2046). Zero-copy; every body is a view.
 *
 * One pass: each line is looked at once, whatever the nesting and however many boundaries there are. A message cut
 * anywhere reads as far as it goes. message/rfc822 is a leaf.
 */
import { MAX_BOUNDARY_LENGTH, MAX_DEPTH, MAX_PART_COUNT } from './limit.ts';
import { findHeaderEnd, type HeaderBlock, parseFields } from './header-block.ts';
import { parseParameterField, type ParameterField } from './parameter.ts';
import type { MimePart } from './part.ts';

/** Reads a message or a prefix of one. Never throws. */
export function readMime(bytes: Uint8Array): MimePart {
  return new Reader(bytes).read();
}

const MEDIA_TYPE = /^[!#$&^_.+0-9a-z-]+\/[!#$&^_.+0-9a-z-]+$/;
const TEXT_PLAIN = 'text/plain';

/** A line that ends a part. */
interface Delimiter {
  /** Where the body before it ends, its line end excluded. */
  readonly bodyEnd: number;
  /** After the line. */
  readonly next: number;
  /** Of the multipart that it belongs to; -1 at the end of the bytes. */
  readonly depth: number;
  readonly isClosing: boolean;
}

interface Found {
  readonly part: MimePart;
  readonly ending: Delimiter;
}

class Reader {
  private readonly bytes: Uint8Array;
  /** Boundary -> depths of the open multiparts that use it, innermost last. */
  private readonly open = new Map<string, number[]>();
  private partCount = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  read(): MimePart {
    return this.readEntity(0, 0, '', TEXT_PLAIN).part;
  }

  private readEntity(start: number, depth: number, section: string, defaultType: string): Found {
    this.partCount++;
    const { end, bodyStart } = findHeaderEnd(this.bytes, start, (line) => this.delimiterAt(line) !== undefined);
    const headers = parseFields(this.bytes.subarray(start, end));
    const content = contentTypeOf(headers);
    const disposition = parseParameterField(headers.first('content-disposition'));
    const boundary = content.parameters.get('boundary')?.trimEnd() ?? '';
    const isMultipart =
      content.value.startsWith('multipart/') && boundary !== '' && boundary.length <= MAX_BOUNDARY_LENGTH;
    const tooDeep = isMultipart && depth >= MAX_DEPTH;
    const common = {
      headers,
      parameters: content.parameters,
      disposition: disposition.value,
      dispositionParameters: disposition.parameters,
    };
    if (isMultipart && !tooDeep) {
      const inside = this.readChildren(bodyStart, depth, section, boundary, content.value);
      const { ending, children } = inside;
      const body = this.bytes.subarray(bodyStart, Math.max(bodyStart, ending.bodyEnd));
      const part: MimePart = {
        ...common,
        part: section,
        type: content.value,
        body,
        children,
        open: inside.isOpen,
        tooDeep: inside.hasMore,
      };
      return { part, ending };
    }
    const ending = this.nextDelimiter(bodyStart);
    const part: MimePart = {
      ...common,
      part: section === '' ? '1' : section,
      type: tooDeep ? content.value : leafType(content, defaultType),
      body: this.bytes.subarray(bodyStart, Math.max(bodyStart, ending.bodyEnd)),
      children: [],
      open: ending.depth === -1,
      tooDeep,
    };
    return { part, ending };
  }

  private readChildren(bodyStart: number, depth: number, section: string, boundary: string, type: string) {
    const children: MimePart[] = [];
    const defaultType = type === 'multipart/digest' ? 'message/rfc822' : TEXT_PLAIN;
    let hasMore = false;
    this.push(boundary, depth);
    let ending = this.nextDelimiter(bodyStart);
    // Closed before it began: what follows is still meant to be read.
    if (ending.depth === depth && ending.isClosing) ending = this.nextDelimiter(ending.next);
    while (ending.depth === depth && !ending.isClosing) {
      if (this.partCount >= MAX_PART_COUNT) {
        hasMore = true;
        ending = this.nextDelimiter(ending.next);
        continue;
      }
      const number = `${section === '' ? '' : `${section}.`}${children.length + 1}`;
      const found = this.readEntity(ending.next, depth + 1, number, defaultType);
      children.push(found.part);
      ending = found.ending;
    }
    this.pop(boundary);
    const isClosed = ending.depth === depth;
    // What follows the last delimiter is an epilogue: skipped.
    return {
      children,
      hasMore,
      isOpen: ending.depth === -1,
      ending: isClosed ? this.nextDelimiter(ending.next) : ending,
    };
  }

  private push(boundary: string, depth: number): void {
    const depths = this.open.get(boundary);
    if (depths === undefined) this.open.set(boundary, [depth]);
    else depths.push(depth);
  }

  private pop(boundary: string): void {
    const depths = this.open.get(boundary);
    depths?.pop();
    if (depths?.length === 0) this.open.delete(boundary);
  }

  /** The first delimiter line of any open multipart at or after `from`, which is the start of a line. */
  private nextDelimiter(from: number): Delimiter {
    const { bytes } = this;
    if (this.open.size > 0) {
      let at = bytes.indexOf(0x2d, from);
      while (at !== -1) {
        if (bytes[at + 1] === 0x2d && (at === from || bytes[at - 1] === 0x0a)) {
          const found = this.delimiterAt(at);
          if (found !== undefined) return found;
        }
        at = bytes.indexOf(0x2d, at + 1);
      }
    }
    return { bodyEnd: bytes.length, next: bytes.length, depth: -1, isClosing: true };
  }

  private delimiterAt(line: number): Delimiter | undefined {
    const { bytes } = this;
    if (this.open.size === 0 || bytes[line] !== 0x2d || bytes[line + 1] !== 0x2d) return undefined;
    let end = line + 2;
    const limit = Math.min(bytes.length, line + MAX_BOUNDARY_LENGTH + 100);
    while (end < limit && bytes[end] !== 0x0a) end++;
    if (end === limit && limit < bytes.length) return undefined;
    const next = Math.min(bytes.length, end + 1);
    while (end > line + 2 && isSpace(bytes[end - 1])) end--;
    const text = String.fromCharCode(...bytes.subarray(line + 2, end));
    const isExact = this.open.has(text);
    const isClosing = !isExact && text.endsWith('--');
    const depth = this.open.get(isClosing ? text.slice(0, -2).trimEnd() : text)?.at(-1);
    if (depth === undefined) return undefined;
    return { bodyEnd: this.beforeLineEnd(line), next, depth, isClosing };
  }

  /** The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1). */
  private beforeLineEnd(line: number): number {
    if (line === 0 || this.bytes[line - 1] !== 0x0a) return line;
    return line > 1 && this.bytes[line - 2] === 0x0d ? line - 2 : line - 1;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

/** `multipart` alone means mixed (RFC 2046 5.1.3 for unknown subtypes). */
function contentTypeOf(headers: HeaderBlock): ParameterField {
  const content = parseParameterField(headers.first('content-type'));
  return content.value === 'multipart' ? { ...content, value: 'multipart/mixed' } : content;
}

function leafType(content: ParameterField, defaultType: string): string {
  if (content.value === '') return defaultType;
  // A multipart without a usable boundary is read as the text that it is.
  return MEDIA_TYPE.test(content.value) && !content.value.startsWith('multipart/') ? content.value : TEXT_PLAIN;
}
