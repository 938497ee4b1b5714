/** Text of chat as people type and read it: line ends, controls, the marks that chat programs put around it. */

// oxlint-disable-next-line no-control-regex -- controls are what this finds
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f]/g;
/** Page and line feeds of printers. */
const FEEDS = /[\v\f]/g;

/** LF line ends, no controls but tab and LF, no byte order mark, no lone surrogates. */
export function cleanText(text: string): string {
  const unix = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  const plain = unix.replace(FEEDS, '\n').replace(CONTROLS, '').toWellFormed();
  return plain.startsWith('\uFEFF') ? plain.replace(/^\uFEFF+/, '') : plain;
}

/** Removes empty lines at both ends. Indents of the first line and spaces inside stay. */
export function trimBlankLines(text: string): string {
  const lines = text.split('\n');
  let start = 0;
  let end = lines.length;
  while (start < end && isBlank(lines[start])) start++;
  while (end > start && isBlank(lines[end - 1])) end--;
  return lines.slice(start, end).join('\n');
}

/** What somebody typed, without empty lines around it; a byte order mark that comes first then goes too. */
export function typedText(text: string): string {
  return cleanText(trimBlankLines(cleanText(text)));
}

export function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

/**
 * What arrives of a typed text: `decodeMessage(encodeText({text})).text`.
 *
 * No controls, no empty lines at the ends, no spaces at line ends outside code blocks (format=flowed, design §4.9).
 */
export function normalizeText(text: string): string {
  const trimmed = typedText(text);
  return needsFixedLines(trimmed) ? trimmed : trimmed.replace(/ +$/gm, '');
}

/** A code block (```) or an unbreakable run that no flowed line can hold: sent with its lines as they are. */
export function needsFixedLines(text: string): boolean {
  return /^ {0,3}```/m.test(text) || /[^ \n]{301}/.test(text);
}

/** Own lines that would read as the start of a footer, made harmless the way Delta Chat does it, and back. */
export function escapeFooterMarks(text: string): string {
  return text.replace(/^-- ?$/gm, (line) => `-\u200B-${line.slice(2)}`);
}

export function unescapeFooterMarks(text: string): string {
  return text.includes('\u200B') ? text.replace(/^-\u200B-(?= ?$)/gm, '--') : text;
}

/** `Re: AW: Fwd: lunch` -> `lunch`: reply and forward marks of the languages that mail programs use. */
export function stripReplyMarks(subject: string): string {
  const match =
    /^(?:\s*(?:re|aw|antw|antwort|sv|vs|odp|ynt|rif|ref|res|r|bls|fwd?|wg|tr|rv|enc|doorst|vb|vl|pd|i)(?:\[\d{1,3}\])?\s?[:：]){1,20}\s*/i.exec(
      subject,
    );
  return match === null ? subject.trim() : subject.slice(match[0].length).trim();
}

/** Forwarded by its subject. */
export function isForwardSubject(subject: string): boolean {
  return /^\s*(?:(?:re|aw|sv|antw)\s?:\s*)?(?:fwd?|wg|tr|rv|enc|doorst|vb|vl|pd)\s?[:：]/i.test(subject);
}
