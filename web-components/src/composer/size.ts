/** How large a text becomes as mail, compared with what the mail server takes. */
const encoder = new TextEncoder();

/** Headers, MIME structure and line ends of one chat mail: generous. */
const FRAME_BYTES = 4096;
/** From here on the composer shows a counter. */
const SHOW_FROM_SHARE = 0.8;

export interface TextSize {
  readonly bytes: number;
  readonly limitBytes: number;
  readonly overBytes: number;
  /** Near or over the limit: show it. */
  readonly show: boolean;
}

/** Non-ASCII text grows by a third on the wire (base64). @returns undefined when no limit is known */
export function textSize(text: string, maxMessageBytes: number | undefined): TextSize | undefined {
  if (maxMessageBytes === undefined) return undefined;
  const limitBytes = Math.max(0, maxMessageBytes - FRAME_BYTES);
  // A character is at most 3 bytes (4 for a pair), so short texts need no counting.
  if (text.length * 4 < limitBytes * SHOW_FROM_SHARE)
    return { bytes: text.length, limitBytes, overBytes: 0, show: false };
  const utf8 = encoder.encode(text).length;
  const bytes = utf8 === text.length ? utf8 : Math.ceil((utf8 * 4) / 3);
  return { bytes, limitBytes, overBytes: Math.max(0, bytes - limitBytes), show: bytes > limitBytes * SHOW_FROM_SHARE };
}
