/**
 * Which rows of a timeline are in the page: a window that slides as one scrolls, a few rows at a time. Rows are named
 * by id, because a timeline grows at both ends. Pure.
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

/** A screen of short lines: these are drawn when a chat is opened. */
export const FIRST_ROWS = 24;
/** So many more in one frame. */
export const STEP_ROWS = 8;
/** When what is there is nearly used up. */
export const HURRY_ROWS = 24;
export const MOST_ROWS = 160;
/** While a text is selected nothing leaves the page, up to here. */
export const MOST_SELECTED_ROWS = 1000;

export const NEWEST: RowWindow = { from: undefined, to: undefined };

/** A row of the window that is gone counts as its end of the timeline. */
export function rangeOf(ids: readonly string[], { from, to }: RowWindow): RowRange {
  const last = to === undefined ? -1 : ids.lastIndexOf(to);
  const end = last < 0 ? ids.length : last + 1;
  // The window is near the newest row more often than near the oldest.
  const first = from === undefined ? -1 : ids.lastIndexOf(from);
  return { start: first < 0 ? Math.max(0, end - FIRST_ROWS) : first, end };
}

export function windowOf(ids: readonly string[], { start, end }: RowRange): RowWindow {
  return { from: ids[start], to: end >= ids.length ? undefined : ids[end - 1] };
}

/** Adds older rows; gives up newer ones when there are too many. */
export function older(range: RowRange, step = STEP_ROWS, most = MOST_ROWS): RowRange {
  const start = Math.max(0, range.start - step);
  return { start, end: Math.min(range.end, start + most) };
}

/** Adds newer rows; gives up older ones when there are too many. */
export function newer(range: RowRange, count: number, step = STEP_ROWS, most = MOST_ROWS): RowRange {
  const end = Math.min(count, range.end + step);
  return { start: Math.max(range.start, end - most), end };
}

/** A window with room on both sides of one row. */
export function around(ids: readonly string[], id: string): RowWindow {
  const at = ids.indexOf(id);
  if (at < 0) return NEWEST;
  return windowOf(ids, { start: Math.max(0, at - FIRST_ROWS / 2), end: Math.min(ids.length, at + FIRST_ROWS) });
}

/** A window that follows the newest must not grow for ever. */
export function trimmed(ids: readonly string[], window: RowWindow): RowWindow {
  const { start, end } = rangeOf(ids, window);
  return end - start <= MOST_ROWS ? window : windowOf(ids, { start: end - MOST_ROWS, end });
}
