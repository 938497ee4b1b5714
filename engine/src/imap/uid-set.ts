/** UID sets as IMAP writes them: `1:5,7`. Pure. */

/** @param uids in any order, duplicates allowed, not empty */
export function formatUidSet(uids: readonly number[]): string {
  const sorted = [...new Set(uids)].sort((one, other) => one - other);
  const ranges: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1;
    const [first, last] = [String(sorted[at]), String(sorted[end])];
    ranges.push(first === last ? first : `${first}:${last}`);
    at = end + 1;
  }
  return ranges.join(',');
}

/** Servers limit the length of a command line (Dovecot: 64 KB); this stays far below. */
const CHUNK_UIDS = 500;

/** Cuts a list of UIDs into sets that fit into one command. */
export function chunkUids(uids: readonly number[], size: number = CHUNK_UIDS): readonly (readonly number[])[] {
  const chunks: (readonly number[])[] = [];
  for (let at = 0; at < uids.length; at += size) chunks.push(uids.slice(at, at + size));
  return chunks;
}
