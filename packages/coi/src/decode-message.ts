/** Bytes of a mail to what it says, HTML included. */
import { type DecodeOptions, decodeMessageWith } from './decode.ts';
import { htmlToText } from './html-to-text.ts';
import type { CoiMessage } from './message.ts';

export function decodeMessage(bytes: Uint8Array, options: DecodeOptions = {}): CoiMessage {
  return decodeMessageWith(htmlToText, bytes, options);
}
