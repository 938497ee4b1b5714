/** Initials on a colour that the address decides. Decorative: the name stands beside it. */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { CoiElement } from '../element/coi-element.ts';
import { base } from '../style/base.css.ts';

/**
 * @summary A person's or group's avatar.
 * @cssproperty --size - Width and height; default `--coi-avatar`.
 */
@customElement('coi-avatar')
export class CoiAvatar extends CoiElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
        flex: none;
        width: var(--size, var(--coi-avatar));
        height: var(--size, var(--coi-avatar));
      }
      span {
        display: grid;
        place-items: center;
        width: 100%;
        height: 100%;
        border-radius: 50%;
        font-size: calc(var(--size, var(--coi-avatar)) * 0.39);
        font-weight: var(--coi-weight-bold);
        line-height: 1;
        letter-spacing: 0.01em;
        white-space: nowrap;
        overflow: hidden;
        user-select: none;
        background: var(--av-bg);
        color: var(--av);
      }
      .group {
        border-radius: 30%;
      }
      @media (forced-colors: active) {
        span {
          border: 1px solid;
        }
      }
    `,
  ];

  @property() initials = '';
  /** 1..8 */
  @property({ type: Number }) color = 8;
  @property({ type: Boolean }) group = false;

  protected override render() {
    return html`<span class="c${this.color} ${this.group ? 'group' : ''}" aria-hidden="true">${this.initials}</span>`;
  }
}
