/**
 * The rows of a timeline as it is drawn: all ids, the part of them that is in the page, and which rows were not there
 * before. Work per update does not grow with the rows that are out of the page, but for one list of ids.
 */
import type { RowId, RowView, TimelineView } from '@coi-webmail/chat';
import {
  around,
  HURRY_ROWS,
  MOST_ROWS,
  MOST_SELECTED_ROWS,
  NEWEST,
  newer,
  older,
  rangeOf,
  type RowRange,
  type RowWindow,
  STEP_ROWS,
  trimmed,
  windowOf,
} from './row-window.ts';

/** New rows are looked for among so many of the newest. */
const RECENT_ROWS = 300;

export class TimelineRows {
  ids: readonly RowId[] = [];
  #window: RowWindow = NEWEST;
  #range: RowRange | undefined;
  #recent: ReadonlySet<RowId> = new Set();
  #newestId: RowId | undefined;

  /** What is in the page. */
  get range(): RowRange {
    this.#range ??= rangeOf(this.ids, this.#window);
    return this.#range;
  }

  get newestId(): RowId | undefined {
    return this.#newestId;
  }

  /** Rows that come will be in the page. */
  get followsNewest(): boolean {
    return this.range.end === this.ids.length;
  }

  /** @returns rows that are new at the newer end */
  take({ rows }: TimelineView): readonly RowView[] {
    this.ids = rows.map(({ rowId }) => rowId);
    this.#range = undefined;
    const recent = rows.slice(-RECENT_ROWS);
    const at = this.#newestId === undefined ? -1 : recent.findLastIndex(({ rowId }) => rowId === this.#newestId);
    const fresh = at < 0 ? [] : recent.slice(at + 1).filter(({ rowId }) => !this.#recent.has(rowId));
    this.#recent = new Set(recent.map(({ rowId }) => rowId));
    this.#newestId = this.ids.at(-1);
    return fresh;
  }

  has(rowId: RowId): boolean {
    return this.ids.includes(rowId);
  }

  isInPage(rowId: RowId): boolean {
    const { start, end } = this.range;
    return this.ids.slice(start, end).includes(rowId);
  }

  showAround(rowId: RowId): void {
    this.#set(around(this.ids, rowId));
  }

  showNewest(): void {
    this.#set(NEWEST);
  }

  /** To the newest row; what is in the page already stays, if the newest is among it. */
  follow(): void {
    this.#set(this.followsNewest ? { from: this.#window.from, to: undefined } : NEWEST);
  }

  /** A long stay at the end must not fill the page. */
  trim(): void {
    this.#set(trimmed(this.ids, this.#window));
  }

  /**
   * A few more rows at one end; as many are given up at the other.
   *
   * @param hurry the reader is nearly there
   * @param keep this row must stay in the page @param keepAll nothing may leave it
   * @returns whether there were any
   */
  extend(end: 'older' | 'newer', options: { hurry: boolean; keep: RowId | undefined; keepAll: boolean }): boolean {
    const step = options.hurry ? HURRY_ROWS : STEP_ROWS;
    const most = options.keepAll ? MOST_SELECTED_ROWS : MOST_ROWS;
    const next = end === 'older' ? older(this.range, step, most) : newer(this.range, this.ids.length, step, most);
    const keepsIt = options.keep === undefined || this.ids.slice(next.start, next.end).includes(options.keep);
    if (!keepsIt || (next.start === this.range.start && next.end === this.range.end)) return false;
    this.#window = windowOf(this.ids, next);
    this.#range = next;
    return true;
  }

  #set(window: RowWindow): void {
    this.#window = window;
    this.#range = undefined;
  }
}
