import { css } from 'lit';

export const composerStyles = css`
  :host {
    display: block;
    position: relative;
    flex: none;
    border-block-start: 1px solid var(--coi-border);
    background: var(--coi-bg);
  }
  .entry {
    display: flex;
    align-items: flex-end;
    gap: var(--coi-space-1);
    padding: var(--coi-space-2);
  }
  .field {
    flex: 1;
    min-width: 0;
    display: flex;
    align-items: flex-end;
    min-height: 36px;
    border: 1px solid var(--coi-border-strong);
    border-radius: var(--coi-radius);
    background: var(--coi-bg);
    transition: border-color var(--coi-fast) var(--coi-ease);
  }
  .field:focus-within {
    border-color: var(--coi-focus);
    box-shadow: 0 0 0 1px var(--coi-focus);
  }
  .field .icon-button {
    width: 34px;
    height: max(34px, calc(1.25 * var(--coi-rem) + 14px));
  }
  .fate {
    display: inline-grid;
    place-items: center;
    width: 32px;
    height: max(34px, calc(1.25 * var(--coi-rem) + 14px));
    flex: none;
    color: var(--coi-icon);
  }
  textarea {
    flex: 1;
    min-width: 0;
    padding: 7px 2px;
    height: calc(1.25 * var(--coi-rem) + 14px);
    max-height: calc(8 * 1.25 * var(--coi-rem) + 14px);
    border: 0;
    outline: 0;
    resize: none;
    overflow: hidden auto;
    scrollbar-width: thin;
    background: none;
    line-height: calc(1.25 * var(--coi-rem));
    field-sizing: content;
  }
  @supports (field-sizing: content) {
    textarea {
      height: auto;
    }
  }
  textarea:focus-visible {
    outline: 0;
  }
  textarea::placeholder {
    color: var(--coi-text-2);
    opacity: 1;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .send {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 36px;
    height: 36px;
    border-radius: var(--coi-radius);
    background: var(--coi-accent-solid);
    color: var(--coi-on-accent);
    transition: background var(--coi-fast) var(--coi-ease);
  }
  .send:hover {
    background: var(--coi-accent-solid-hover);
  }
  .send[aria-disabled='true'] {
    background: none;
    color: var(--coi-icon);
    cursor: default;
  }
  .strip {
    display: flex;
    align-items: center;
    gap: var(--coi-space-2);
    margin: var(--coi-space-2) var(--coi-space-2) 0;
    padding: 6px 4px 6px 10px;
    border-radius: var(--coi-radius);
    border-inline-start: 3px solid var(--coi-accent-solid);
    background: var(--coi-bg-subtle);
    font-size: var(--coi-text-m);
    line-height: 1.4;
  }
  .strip:dir(rtl) {
    padding: 6px 10px 6px 4px;
  }
  .strip > .icon {
    color: var(--coi-accent);
  }
  .strip .about {
    flex: 1;
    min-width: 0;
  }
  .strip b {
    display: block;
    color: var(--coi-accent);
    font-weight: var(--coi-weight-bold);
  }
  .strip .said {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
    color: var(--coi-text-2);
  }
  .line {
    display: flex;
    gap: 6px;
    padding: 0 12px 8px;
    margin-block-start: -2px;
    font-size: var(--coi-text-s);
    line-height: 1.4;
    color: var(--coi-text-2);
  }
  .line .icon {
    margin-block-start: 2px;
  }
  .line.over {
    color: var(--coi-danger);
  }
  .popup {
    position: absolute;
    inset-block-end: calc(100% + 4px);
    inset-inline: var(--coi-space-2);
    z-index: var(--coi-z-overlay);
    display: grid;
    justify-items: end;
  }
  @media (forced-colors: active) {
    .send {
      forced-color-adjust: none;
    }
  }
`;
