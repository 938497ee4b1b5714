/**
 * How mail programs introduce the mail that they quote: "On … wrote:" in many languages, "-----Original
 * Message-----", and blocks of From/Sent/To/Subject. Each line is looked at by itself; long lines are no marks.
 */
import { isBlank } from './text.ts';

const MAX_MARK_LENGTH = 300;
/** Gmail and others break the line that introduces a quote. */
const MAX_ATTRIBUTION_LINES = 3;

/** "wrote" as programs say it, before the final colon; a name or date may follow in German, Dutch, Nordic. */
const WROTE = new RegExp(
  '(?:^|[\\s>,"\'“)])(?:' +
    [
      'wrote',
      'writes',
      'said',
      'schrieb',
      'schreef',
      'a écrit',
      'a écrit',
      'écrivait',
      'escribió',
      'escribio',
      'ha scritto',
      'scrisse',
      'escreveu',
      'skrev',
      'skriver',
      'kirjoitti',
      'napisał(?:\\(a\\)|a)?',
      'pisze',
      'napsal(?:\\(a\\)|a)?',
      'napísal(?:\\(a\\)|a)?',
      'írta',
      'ezt írta',
      'yazdı',
      'şunu yazdı',
      'a scris',
      'пише',
      'пишет',
      'написал(?:\\(а\\)|а)?',
      'έγραψε',
      'je napisao',
      'je napisal',
      'va escriure',
    ].join('|') +
    ')(?:\\s.{0,150})?\\s?:$',
  'iu',
);
/** Without a verb: `2026-11-24 2:28 GMT+01:00 Alice <alice@example.com>:` */
const DATED = /^\d{4}-\d{2}-\d{2}\s.{1,150}<[^<>\s]{3,254}>\s?:$/;
/** Without a verb, in Russian or Japanese: a date with a clock time, and the address at the end. */
const TIMED = /\d.{0,100}\d{1,2}[:.]\d{2}.{1,150}<[^<>\s@]{1,64}@[^<>\s]{1,190}>\s?[:：]$/u;
/** Japanese, Chinese, Korean: date, address and a verb at the end. */
const EAST_ASIAN = /\d.{0,200}(?:のメール|写道|寫道|작성|書き込みました)\s?[:：]$/u;

/** How such a line begins: what does not may be the second half of one. */
const LEAD = /^(?:on|am|le|el|il|op|em|den|på|w dniu|dnia|dne|dňa|a|il giorno|vào|pe|в|ср|\d)\b/iu;

/**
 * Number of lines at the end of `before` that introduce the quote below them, empty lines included; 0 = none.
 *
 * @param before the lines above a quote
 */
export function findAttribution(before: readonly string[]): number {
  let end = before.length;
  while (end > 0 && isBlank(before[end - 1])) end--;
  let found = 0;
  for (let count = 1; count <= MAX_ATTRIBUTION_LINES && count <= end; count++) {
    const lines = before.slice(end - count, end).map((line) => line.trim());
    const [first = ''] = lines;
    if (first === '') break;
    const isWhole = LEAD.test(first);
    if ((found === 0 || isWhole) && isAttribution(lines.join(' '))) found = before.length - (end - count);
    if (found > 0 && isWhole) break;
  }
  return found;
}

/** The line says who wrote and when or from where: a verb alone ("He wrote:") is a sentence. */
export function isAttribution(line: string): boolean {
  if (line.length > MAX_MARK_LENGTH) return false;
  if (DATED.test(line) || TIMED.test(line) || EAST_ASIAN.test(line)) return true;
  return /[\d@]/.test(line) && WROTE.test(line);
}

const REPLY_SEPARATOR =
  /^[>\s]*[-_=*]{2,}\s*(?:original message|original appointment|ursprüngliche nachricht|original-?nachricht|originalnachricht|message d['’]origine|message original|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|ursprungligt meddelande|originalmeddelande|opprinnelig melding|oprindelig meddelelse|alkuperäinen viesti|oryginalna wiadomość|wiadomość oryginalna|původní zpráva|исходное сообщение|reply message|antwort)\s*[-_=*]{2,}\s*$/iu;

/** "-----Original Message-----": what follows is the answered mail. Forwards have words of their own. */
export function isReplySeparator(line: string): boolean {
  return line.length <= MAX_MARK_LENGTH && REPLY_SEPARATOR.test(line);
}

const FROM = /^\*?(?:from|von|de|da|van|från|fra|od|kimden|lähettäjä|от|feladó|expéditeur)\s?:\*?\s*\S/iu;
const OTHER =
  /^\*?(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|objet|à|enviado(?: el| em)?|para|asunto|assunto|fecha|data|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|skickades|till|ämne|sendt|til|emne|wysłano|do|temat|odesláno|komu|předmět|отправлено|кому|тема|дата|lähetetty|vastaanottaja|aihe)\s?:\*?(?:\s|$)/iu;

/** The lines start with a block of From, Sent, To and Subject, as Outlook and Exchange put it above a quoted mail. */
export function isHeaderBlock(lines: readonly string[]): boolean {
  const [first = ''] = lines;
  if (first.length > MAX_MARK_LENGTH || !FROM.test(first)) return false;
  let others = 0;
  for (const line of lines.slice(1)) {
    if (isBlank(line)) {
      if (others > 0) break;
    } else if (line.length <= 2000 && OTHER.test(line)) {
      others++;
    }
  }
  return others >= 2;
}

/** A line of underscores or dashes. */
export function isRule(line: string): boolean {
  return /^\s*[-_]{3,80}\s*$/.test(line);
}
