/** Decodes what came from the mailbox; loads the reader of HTML when a mail needs it, or ahead while it is quiet. */
import { type CoiMessage, type DecodeOptions, decodeMessageWith, type HtmlReader } from '@coi-webmail/coi';

let reader: HtmlReader | undefined;

/** @throws TypeError when the chunk cannot be loaded, for example offline */
export async function loadHtmlReader(): Promise<HtmlReader> {
  reader ??= (await import('./html.ts')).htmlToText;
  return reader;
}

/**
 * Never throws. Without the reader, for example when a newer version took the place of this worker's chunk, the
 * HTML is left out and the message says so: the next worker reads it again (`resumed`).
 */
export async function decodeFetched(
  bytes: Uint8Array,
  options: DecodeOptions = {},
  load: () => Promise<HtmlReader> = loadHtmlReader,
): Promise<CoiMessage> {
  let isNeeded = false;
  const notLoaded = () => {
    isNeeded = true;
    return '';
  };
  const message = decodeMessageWith(reader ?? notLoaded, bytes, options);
  if (!isNeeded) return message;
  const loaded = await load().catch(() => undefined);
  if (loaded !== undefined) return decodeMessageWith(loaded, bytes, options);
  // As if it were cut: then it is neither empty nor another body than the one that is read later.
  const cut = decodeMessageWith(() => '', bytes, { ...options, truncated: true });
  return cut.kind === 'text' ? { ...cut, truncated: true, htmlUnread: true } : cut;
}

/** For lines of chat programs, which are plain text: what we wrote, and the fast lane. */
export function decodeLine(bytes: Uint8Array): CoiMessage {
  return decodeMessageWith(reader ?? (() => ''), bytes);
}
