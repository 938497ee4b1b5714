/**
 * Mail bytes are hostile (design §4.6): how parts of mail are served so that no browser ever runs them in our origin.
 */

/** What browsers show without running anything. No SVG, HTML, XML, PDF. */
const SHOWN_TYPES = new Set([
  ...['png', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'apng'].map((name) => `image/${name}`),
  ...['mpeg', 'mp4', 'aac', 'ogg', 'opus', 'wav', 'x-wav', 'webm', 'flac', 'amr', '3gpp'].map(
    (name) => `audio/${name}`,
  ),
  ...['mp4', 'webm', 'ogg', 'quicktime', '3gpp'].map((name) => `video/${name}`),
]);
const OPAQUE_TYPE = 'application/octet-stream';
const MAX_NAME_LENGTH = 120;

export function inertHeaders(type: string, name: string): Readonly<Record<string, string>> {
  return {
    'Content-Type': safeType(type),
    'Content-Disposition': `attachment; ${fileNameParameters(name)}`,
    'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}

export function safeType(type: string): string {
  const [essence = ''] = type.split(';');
  const name = essence.trim().toLowerCase();
  return SHOWN_TYPES.has(name) ? name : OPAQUE_TYPE;
}

/** RFC 6266: a plain name for old readers, and the full one. */
function fileNameParameters(name: string): string {
  const safe = safeFileName(name);
  const plain = safe.replaceAll(/[^A-Za-z0-9 ._-]/g, '_');
  const encoded = encodeURIComponent(safe).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** No path, no control or direction signs (they can hide the real ending), never empty, no lone surrogates. */
export function safeFileName(name: string): string {
  const cleaned = name
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\ufffd]/gu, '')
    .replaceAll(/[/\\:*?"<>|]/g, '_')
    .replace(/^[. ]+/, '')
    .trim();
  if (cleaned.length <= MAX_NAME_LENGTH) return cleaned === '' ? 'attachment' : cleaned;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(cleaned)?.[0] ?? '';
  return `${cleaned
    .slice(0, MAX_NAME_LENGTH - ending.length)
    .toWellFormed()
    .replaceAll('\ufffd', '')}${ending}`;
}
