/**
 * Tells which unread rows a person has really seen: visible for a second in a page that has the focus
 * (design §4.2). Knows elements and ids only; what follows from it is others' matter.
 */
import type { RowId } from '@coi-webmail/chat';

const SEEN_AFTER_MS = 1000;
/** Half of a row counts as visible; of a row taller than the window, half of the window. */
const SHARE = 0.5;

function pageHasFocus(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

export class ReadTracker {
  readonly #observer: IntersectionObserver;
  readonly #report: (rowIds: readonly RowId[]) => void;
  readonly #watched = new Map<Element, RowId>();
  /** Since when a row has been visible in a focused page. */
  readonly #visibleSince = new Map<RowId, number>();
  readonly #visible = new Set<RowId>();
  readonly #reported = new Set<RowId>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(scroller: Element, report: (rowIds: readonly RowId[]) => void) {
    this.#report = report;
    this.#observer = new IntersectionObserver((entries) => this.#onIntersect(entries), {
      root: scroller,
      threshold: [0, 0.25, SHARE, 0.75, 1],
    });
    window.addEventListener('focus', this.#onFocus);
    window.addEventListener('blur', this.#onFocus);
    document.addEventListener('visibilitychange', this.#onFocus);
  }

  /** Watches exactly these elements from now on. */
  watch(unread: ReadonlyMap<Element, RowId>): void {
    for (const [element, rowId] of this.#watched) {
      if (unread.get(element) === rowId) continue;
      this.#observer.unobserve(element);
      this.#watched.delete(element);
      this.#forget(rowId);
    }
    for (const [element, rowId] of unread) {
      if (this.#watched.has(element)) continue;
      this.#watched.set(element, rowId);
      this.#observer.observe(element);
    }
  }

  stop(): void {
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    window.removeEventListener('focus', this.#onFocus);
    window.removeEventListener('blur', this.#onFocus);
    document.removeEventListener('visibilitychange', this.#onFocus);
  }

  #forget(rowId: RowId): void {
    this.#visible.delete(rowId);
    this.#visibleSince.delete(rowId);
  }

  #onIntersect(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const rowId = this.#watched.get(target);
      if (rowId === undefined) continue;
      const tall = rootBounds !== null && intersectionRect.height >= rootBounds.height * SHARE;
      if (isIntersecting && (intersectionRatio >= SHARE || tall)) this.#visible.add(rowId);
      else this.#forget(rowId);
    }
    this.#onFocus();
  }

  readonly #onFocus = (): void => {
    clearTimeout(this.#timer);
    if (!pageHasFocus()) {
      this.#visibleSince.clear();
      return;
    }
    const now = performance.now();
    for (const rowId of this.#visible) {
      if (!this.#visibleSince.has(rowId)) this.#visibleSince.set(rowId, now);
    }
    this.#plan();
  };

  #plan(): void {
    const waiting = [...this.#visibleSince].filter(([rowId]) => !this.#reported.has(rowId)).map(([, since]) => since);
    if (waiting.length === 0) return;
    const dueIn = Math.min(...waiting) + SEEN_AFTER_MS - performance.now();
    this.#timer = setTimeout(() => this.#onDue(), Math.max(0, dueIn));
  }

  #onDue(): void {
    if (!pageHasFocus()) return;
    const now = performance.now();
    const due = [...this.#visibleSince]
      .filter(([rowId, since]) => now - since >= SEEN_AFTER_MS - 1 && !this.#reported.has(rowId))
      .map(([rowId]) => rowId);
    for (const rowId of due) this.#reported.add(rowId);
    if (due.length > 0) this.#report(due);
    this.#plan();
  }
}
