/** Header of a pane that stands in the place of the list: the way back, and its name. Needs the styles `header`. */
import { html, type TemplateResult } from 'lit';
import { words } from '../i18n/words.ts';
import { icon } from '../icon/icon.ts';

/** The way back to the list. */
export function backButton(onBack: () => void): TemplateResult {
  const label = words.back(words.chats());
  return html`<button class="icon-button back" aria-label=${label} title=${label} @click=${onBack}>
    ${icon('chevron-left', 'large mirror')}
  </button>`;
}

export function paneHeader(title: string, onBack: () => void): TemplateResult {
  return html`<header class="header with-back">
    ${backButton(onBack)}
    <h2 class="title">${title}</h2>
  </header>`;
}
