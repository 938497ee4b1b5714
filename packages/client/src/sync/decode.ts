/** Decodes what came from the mailbox; loads the reader of HTML when a mail needs it, or ahead while it is quiet. */
import { type CoiMessage, type DecodeOptions, decodeMessageWith, type HtmlReader } from '@coi-webmail/coi';

let reader: HtmlReader | undefined;

/** @throws TypeError when the chunk cannot be loaded, for example offline */
export async function loadHtmlReader(): Promise<HtmlReader> {
  reader ??= (await import('./html.ts')).htmlToText;
  return reader;
}

export async function decodeFetched(bytes: Uint8Array, options: DecodeOptions = {}): Promise<CoiMessage> {
  let isNeeded = false;
  const notLoaded = () => {
    isNeeded = true;
    return '';
  };
  const message = decodeMessageWith(reader ?? notLoaded, bytes, options);
  return isNeeded ? decodeMessageWith(await loadHtmlReader(), bytes, options) : message;
}

/** For lines of chat programs, which are plain text: what we wrote, and the fast lane. */
export function decodeLine(bytes: Uint8Array): CoiMessage {
  return decodeMessageWith(reader ?? (() => ''), bytes);
}
