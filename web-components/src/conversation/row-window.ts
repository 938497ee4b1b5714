/**
 * Which rows of a timeline are in the page: a window of at most `MOST_ROWS` that slides as one scrolls. Rows are
 * named by id, because a timeline grows at both ends. Pure.
 */
export interface RowWindow {
  /** First row in the page; undefined = the newest `FIRST_ROWS`. */
  readonly from: string | undefined;
  /** Last row in the page; undefined = up to the newest, also to those that come. */
  readonly to: string | undefined;
}

export interface RowRange {
  readonly start: number;
  /** One past the last. */
  readonly end: number;
}

export const FIRST_ROWS = 40;
export const STEP_ROWS = 40;
export const MOST_ROWS = 240;

export const NEWEST: RowWindow = { from: undefined, to: undefined };

/** A row of the window that is gone counts as its end of the timeline. */
export function rangeOf(ids: readonly string[], { from, to }: RowWindow): RowRange {
  const last = to === undefined ? -1 : ids.indexOf(to);
  const end = last < 0 ? ids.length : last + 1;
  const first = from === undefined ? -1 : ids.indexOf(from);
  return { start: first < 0 ? Math.max(0, end - FIRST_ROWS) : first, end };
}

function windowOf(ids: readonly string[], { start, end }: RowRange): RowWindow {
  return { from: ids[start], to: end >= ids.length ? undefined : ids[end - 1] };
}

/** Adds older rows; gives up newer ones when there are too many. */
export function older(ids: readonly string[], window: RowWindow, step = STEP_ROWS): RowWindow {
  const { start, end } = rangeOf(ids, window);
  const next = Math.max(0, start - step);
  return windowOf(ids, { start: next, end: Math.min(end, next + MOST_ROWS) });
}

/** Adds newer rows; gives up older ones when there are too many. */
export function newer(ids: readonly string[], window: RowWindow, step = STEP_ROWS): RowWindow {
  const { start, end } = rangeOf(ids, window);
  const next = Math.min(ids.length, end + step);
  return windowOf(ids, { start: Math.max(start, next - MOST_ROWS), end: next });
}

/** A window with room on both sides of one row. */
export function around(ids: readonly string[], id: string): RowWindow {
  const at = ids.indexOf(id);
  if (at < 0) return NEWEST;
  const end = Math.min(ids.length, at + STEP_ROWS);
  return windowOf(ids, { start: Math.max(0, at - STEP_ROWS), end });
}

/** A window that follows the newest must not grow for ever. */
export function trimmed(ids: readonly string[], window: RowWindow): RowWindow {
  const { start, end } = rangeOf(ids, window);
  return end - start <= MOST_ROWS ? window : windowOf(ids, { start: end - MOST_ROWS, end });
}
