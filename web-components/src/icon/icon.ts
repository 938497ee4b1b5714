/** The one way an icon gets onto the screen. Decorative: words for screen readers stand beside it. */
import { html, type TemplateResult } from 'lit';
import { ICONS } from './generated/icons.ts';

export type IconName = keyof typeof ICONS;

/** @param look extra classes: `small`, `large`, `mirror` (turns in right-to-left), a tone */
export function icon(name: IconName, look = ''): TemplateResult {
  return html`<svg class="icon ${look}" viewBox="0 0 16 16" aria-hidden="true">${ICONS[name]}</svg>`;
}

/** A ring that turns: something is on its way. */
export function ring(look = ''): TemplateResult {
  return html`<svg class="ring spin ${look}" viewBox="0 0 16 16" aria-hidden="true">
    <circle class="track" cx="8" cy="8" r="6"></circle>
    <path d="M8 2a6 6 0 0 1 6 6"></path>
  </svg>`;
}
