/** Mailbox names: ours are plain text, Roundcube's are in modified UTF-7 (RFC 3501 §5.1.3). */

function encodeRun(run: string): string {
  let bytes = '';
  for (let index = 0; index < run.length; index += 1) {
    const unit = run.charCodeAt(index);
    bytes += String.fromCharCode(unit >> 8, unit & 0xff);
  }
  return `&${btoa(bytes).replace(/=+$/, '').replace(/\//g, ',')}-`;
}

export function encodeMailboxName(name: string): string {
  return name.replace(/&/g, '&-').replace(/[^\x20-\x7e]+/g, encodeRun);
}
