/** The edge of the docked panel, drawn with pointer and arrow keys. The host sets and remembers the width. */
import { html, nothing, type TemplateResult } from 'lit';
import { words } from '../i18n/words.ts';
import type { AppContext } from './app-context.ts';

const STEP_PX = 16;
const LEAST_PX = 300;
const MOST_PX = 480;

export class ResizeController {
  readonly #app: AppContext & HTMLElement;

  constructor(app: AppContext & HTMLElement) {
    this.#app = app;
  }

  #resizeTo(width: number): void {
    const style = getComputedStyle(this.#app);
    const limit = (name: string, fallback: number) => Number.parseFloat(style.getPropertyValue(name)) || fallback;
    const least = limit('--coi-sidebar-min', LEAST_PX);
    const most = limit('--coi-sidebar-max', MOST_PX);
    this.#app.tell('coi-resize', { width: Math.round(Math.min(most, Math.max(least, width))) });
  }

  readonly #onPointer = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    const box = this.#app.getBoundingClientRect();
    const rtl = this.#app.matches(':dir(rtl)');
    handle.setPointerCapture(event.pointerId);
    const drag = new AbortController();
    const move = ({ clientX }: PointerEvent): void => this.#resizeTo(rtl ? clientX - box.left : box.right - clientX);
    handle.addEventListener('pointermove', move, { signal: drag.signal });
    handle.addEventListener('lostpointercapture', () => drag.abort(), { once: true });
    event.preventDefault();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const outward = this.#app.matches(':dir(rtl)') ? 'ArrowRight' : 'ArrowLeft';
    event.preventDefault();
    this.#resizeTo(this.#app.offsetWidth + (event.key === outward ? STEP_PX : -STEP_PX));
  };

  /** @param shown the panel is docked */
  render(shown: boolean): TemplateResult | typeof nothing {
    if (!shown) return nothing;
    return html`<div
      class="handle"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${words.panelWidth()}
      aria-valuenow=${this.#app.offsetWidth}
      aria-valuemin=${LEAST_PX}
      aria-valuemax=${MOST_PX}
      @pointerdown=${this.#onPointer}
      @keydown=${this.#onKey}
    ></div>`;
  }
}
