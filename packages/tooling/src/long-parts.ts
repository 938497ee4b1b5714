/**
 * Parts of the tests that take minutes. A whole run plays one of them, another one each day, so that it stays short and
 * each part is played every few days.
 *
 * | part | what |
 * |---|---|
 * | pages | fault schedules in front of real Chromium and Firefox pages |
 * | cyrus, dovecot-bare | the live tests once more on that server |
 */
export const LONG_PARTS = ['pages', 'cyrus', 'dovecot-bare'] as const;
export type LongPart = (typeof LONG_PARTS)[number];

const DAY_MS = 24 * 3_600_000;

/** @param wish the environment variable COI_LONG: `all`, `none`, or names with commas; undefined = the one whose turn it is */
export function longParts(wish: string | undefined, now: number): readonly LongPart[] {
  if (wish === undefined || wish === '') return [LONG_PARTS[Math.floor(now / DAY_MS) % LONG_PARTS.length] ?? 'pages'];
  if (wish === 'none') return [];
  if (wish === 'all') return LONG_PARTS;
  return wish.split(',').map((name) => {
    const part = LONG_PARTS.find((one) => one === name);
    if (part === undefined)
      throw new Error(`COI_LONG names no part "${name}"; parts are ${LONG_PARTS.join(', ')}, all, none`);
    return part;
  });
}
