/**
 * HTML of mail to the text that a person would read; used when a mail has no plain text. Pure, linear, and
 * forgiving as browsers are: nothing in it can run, and links show where they go.
 *
 * Quotes (blockquote) become `> ` lines, list items `• ` or `1. `.
 */
import { decodeEntities } from './html-entity.ts';
import { type FlowMark, TextFlow } from './text-flow.ts';

export function htmlToText(html: string): string {
  const reader = new HtmlReader(html);
  reader.read();
  return reader.flow.finish();
}

/** Their content is no text. */
const DROPPED = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'object',
  'svg',
  'math',
  'iframe',
  'select',
  'textarea',
  'audio',
  'video',
  'map',
  'noframes',
  'applet',
  'canvas',
]);
/** Their content is not HTML: it ends at its end tag only. */
const RAW = new Set(['script', 'style', 'title', 'textarea', 'iframe', 'noframes', 'xmp']);
const VOID = new Set([
  'br',
  'hr',
  'img',
  'meta',
  'link',
  'input',
  'area',
  'base',
  'col',
  'embed',
  'source',
  'wbr',
  'param',
  'track',
]);
/** Start a line of their own. */
const LINES = new Set([
  'div',
  'tr',
  'section',
  'article',
  'header',
  'footer',
  'address',
  'dd',
  'dt',
  'figure',
  'figcaption',
  'main',
  'nav',
  'aside',
  'form',
  'fieldset',
  'center',
  'body',
  'html',
  'caption',
  'thead',
  'tbody',
  'tfoot',
  'legend',
  'details',
  'summary',
  'title',
]);
/** Stand apart by an empty line. */
const PARAGRAPHS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'dl', 'pre']);
const HIDEABLE = new Set(['div', 'span', 'td', 'tr', 'table', 'p', 'section', 'font', 'a']);
const MAX_LINK_LENGTH = 300;

interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  /** Between the name and the closing bracket. */
  readonly attributes: string;
}

interface OpenLink {
  readonly href: string;
  readonly from: FlowMark;
}

class HtmlReader {
  readonly flow = new TextFlow();
  private readonly html: string;
  /** For case-insensitive search of end tags; same length as `html`. */
  private readonly lower: string;
  private readonly lists: { ordered: boolean; count: number }[] = [];
  private link: OpenLink | undefined;
  /** Element whose content is dropped, and how many of its kind are open inside. */
  private dropped: { readonly name: string; depth: number } | undefined;

  constructor(html: string) {
    this.html = html;
    this.lower = html.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }

  read(): void {
    const { html } = this;
    let at = 0;
    while (at < html.length) {
      const open = html.indexOf('<', at);
      if (open === -1) {
        this.text(html.slice(at));
        return;
      }
      if (open > at) this.text(html.slice(at, open));
      at = this.markup(open);
    }
    this.closeLink();
  }

  /** @returns where the text goes on */
  private markup(open: number): number {
    const { html } = this;
    if (html.startsWith('<!--', open)) return this.after('-->', open + 4);
    const next = html.charCodeAt(open + 1);
    if (next === 0x21 || next === 0x3f) return this.after('>', open + 2);
    const isEnd = next === 0x2f;
    const nameStart = open + (isEnd ? 2 : 1);
    if (!isLetter(html.charCodeAt(nameStart))) {
      this.text('<');
      return open + 1;
    }
    const end = tagEnd(html, nameStart);
    // A tag that never ends swallows the rest, as in browsers.
    if (end === -1) return html.length;
    let nameEnd = nameStart;
    while (nameEnd < end && !/[\s/>]/.test(html[nameEnd] as string)) nameEnd++;
    const name = this.lower.slice(nameStart, nameEnd);
    return this.tag({ name, isEnd, attributes: html.slice(nameEnd, end) }, end + 1);
  }

  private after(mark: string, from: number): number {
    const found = this.html.indexOf(mark, from);
    return found === -1 ? this.html.length : found + mark.length;
  }

  private tag(tag: Tag, next: number): number {
    if (this.dropped !== undefined) {
      this.insideDropped(tag);
      return next;
    }
    if (!tag.isEnd && RAW.has(tag.name)) {
      const end = this.lower.indexOf(`</${tag.name}`, next);
      return end === -1 ? this.html.length : this.after('>', end);
    }
    const isSelfClosed = VOID.has(tag.name) || tag.attributes.endsWith('/');
    if (!tag.isEnd && !isSelfClosed && (DROPPED.has(tag.name) || isHidden(tag))) {
      this.dropped = { name: tag.name, depth: 1 };
      return next;
    }
    if (tag.isEnd) this.end(tag.name);
    else this.start(tag);
    return next;
  }

  private insideDropped(tag: Tag): void {
    const { dropped } = this;
    if (dropped === undefined) return;
    // A body without </head> before it: its words count.
    if (dropped.name === 'head' && tag.name === 'body') this.dropped = undefined;
    if (tag.name !== dropped.name) return;
    if (tag.isEnd) dropped.depth--;
    else if (!tag.attributes.endsWith('/') && tag.name !== 'p') dropped.depth++;
    if (dropped.depth === 0) this.dropped = undefined;
  }

  private text(raw: string): void {
    if (this.dropped === undefined) this.flow.text(decodeEntities(raw));
  }

  private start(tag: Tag): void {
    const { flow } = this;
    switch (tag.name) {
      case 'br':
        flow.lineBreak();
        return;
      case 'hr':
        flow.rule();
        return;
      case 'img':
        flow.text(emojiOf(attribute(tag, 'alt')));
        return;
      case 'td':
      case 'th':
        flow.cell();
        return;
      case 'a':
        this.closeLink();
        this.link = { href: attribute(tag, 'href'), from: flow.mark() };
        return;
      case 'ul':
      case 'ol':
        if (this.lists.length === 0) flow.paragraph();
        else flow.line();
        this.lists.push({ ordered: tag.name === 'ol', count: 0 });
        return;
      case 'li':
        this.startItem();
        return;
      case 'blockquote':
        flow.paragraph();
        flow.quote(1);
        return;
      case 'pre':
        flow.paragraph();
        flow.preformatted(1);
        return;
      default:
        this.block(tag);
    }
  }

  private end(name: string): void {
    const { flow } = this;
    switch (name) {
      case 'a':
        this.closeLink();
        return;
      case 'ul':
      case 'ol':
        this.lists.pop();
        if (this.lists.length === 0) flow.paragraph();
        else flow.line();
        return;
      case 'li':
        flow.line();
        return;
      case 'blockquote':
        flow.line();
        flow.quote(-1);
        flow.paragraph();
        return;
      case 'pre':
        flow.preformatted(-1);
        flow.paragraph();
        return;
      case 'br':
        flow.lineBreak();
        return;
      default:
        this.block({ name, isEnd: true, attributes: '' });
    }
  }

  private block(tag: Tag): void {
    // Outlook writes each line as a paragraph without distance.
    const isTight = tag.name === 'p' && /mso(?:normal|plaintext|listparagraph)/i.test(tag.attributes);
    if (tag.name === 'p' && !tag.isEnd) this.flow.tight = isTight;
    if (LINES.has(tag.name) || isTight || (tag.name === 'p' && tag.isEnd && this.flow.tight)) this.flow.line();
    else if (PARAGRAPHS.has(tag.name)) this.flow.paragraph();
  }

  private startItem(): void {
    const list = this.lists.at(-1);
    this.flow.line();
    if (list !== undefined) list.count++;
    const bullet = list?.ordered === true ? `${list.count}. ` : '• ';
    this.flow.bullet('  '.repeat(Math.min(8, Math.max(0, this.lists.length - 1))) + bullet);
  }

  /** `text <url>` when the text does not say where it goes. */
  private closeLink(): void {
    const { link } = this;
    this.link = undefined;
    if (link === undefined) return;
    const href = decodeEntities(link.href).trim();
    if (!/^https?:\/\/\S+$/i.test(href) || href.length > MAX_LINK_LENGTH) return;
    const label = this.flow.since(link.from);
    if (label !== '' && !sameLink(label, href)) this.flow.text(` <${href}>`);
  }
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** The closing bracket, outside quoted attribute values; -1 when there is none. */
function tagEnd(html: string, from: number): number {
  let quote = 0;
  for (let at = from; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e) {
      return at;
    } else if ((code === 0x22 || code === 0x27) && html.charCodeAt(at - 1) === 0x3d) {
      quote = code;
    }
  }
  return -1;
}

function attribute(tag: Tag, name: string): string {
  for (const match of tag.attributes.matchAll(
    /([^\s"'=<>/]{1,60})\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g,
  )) {
    if (match[1]?.toLowerCase() === name) return match[2] ?? match[3] ?? match[4] ?? '';
  }
  return '';
}

function isHidden(tag: Tag): boolean {
  if (!HIDEABLE.has(tag.name)) return false;
  return /display\s{0,3}:\s{0,3}none|mso-hide\s{0,3}:\s{0,3}all/i.test(attribute(tag, 'style'));
}

/** Mail programs send emoji as images with the character as their text; other images are files or decoration. */
function emojiOf(alt: string): string {
  const text = decodeEntities(alt).trim();
  return text.length <= 16 &&
    /^(?:\p{Extended_Pictographic}|\p{Emoji_Component})+$/u.test(text) &&
    !/^[\d#*]+$/.test(text)
    ? text
    : '';
}

function sameLink(label: string, href: string): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/^https?:\/\/(?:www\.)?|\/$/g, '')
      .replace(/^www\./, '');
  return bare(label) === bare(href);
}
