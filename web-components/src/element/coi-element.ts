/** What all our elements share: base styles, direction and language, and typed intents. */
import { updateWhenLocaleChanges } from '@lit/localize';
import { type CSSResultGroup, LitElement } from 'lit';
import { base } from '../style/base.css.ts';
import type { IntentName, IntentMap } from './intent.ts';

export class CoiElement extends LitElement {
  static override styles: CSSResultGroup = base;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }

  /** Says what the user wants; `<coi-chat-app>` acts on it. */
  protected intend<Name extends IntentName>(name: Name, detail: IntentMap[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
