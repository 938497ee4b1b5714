import { css } from 'lit';

export const chatRowStyles = css`
  :host {
    display: block;
    position: relative;
    content-visibility: auto;
    contain-intrinsic-size: auto var(--coi-row);
  }
  .row {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    column-gap: var(--coi-space-3);
    width: 100%;
    min-height: var(--coi-row);
    padding: var(--coi-space-2) var(--coi-space-3);
    transition: background var(--coi-fast) var(--coi-ease);
  }
  .row:focus-visible {
    outline-offset: calc(-1 * var(--coi-focus-width));
  }
  :host(:hover) .row {
    background: var(--coi-bg-hover);
  }
  :host([current]) .row {
    background: var(--coi-bg-selected);
    box-shadow: inset 3px 0 0 var(--coi-accent-solid);
  }
  :host([current]) .row:dir(rtl) {
    box-shadow: inset -3px 0 0 var(--coi-accent-solid);
  }

  .lines {
    display: grid;
    gap: var(--coi-space-half);
    min-width: 0;
  }
  .line {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
    min-height: 20px;
  }
  .name {
    font-weight: var(--coi-weight-medium);
  }
  .mark {
    color: var(--coi-icon);
    display: inline-flex;
    flex: none;
  }
  time {
    margin-inline-start: auto;
    flex: none;
    font-size: var(--coi-text-s);
    color: var(--coi-text-2);
    font-variant-numeric: tabular-nums;
  }
  .last {
    flex: 1;
    font-size: var(--coi-text-m);
    color: var(--coi-text-2);
  }
  .last .icon {
    margin-inline-end: 3px;
  }
  .last .draft {
    color: var(--coi-accent);
    font-weight: var(--coi-weight-medium);
  }
  .last .failed {
    color: var(--coi-danger);
    font-weight: var(--coi-weight-medium);
  }
  .last .maybe {
    color: var(--coi-warn);
    font-weight: var(--coi-weight-medium);
  }
  .end {
    display: flex;
    align-items: center;
    gap: 6px;
    flex: none;
    color: var(--coi-icon);
  }
  .end .read {
    color: var(--coi-accent);
  }
  .unread .name {
    font-weight: var(--coi-weight-bold);
  }
  .unread .last {
    color: var(--coi-text);
  }
  .unread time {
    color: var(--coi-accent);
    font-weight: var(--coi-weight-medium);
  }
  .unread.is-muted time {
    color: var(--coi-text-2);
    font-weight: inherit;
  }

  .row-menu {
    position: absolute;
    inset-block-start: 4px;
    inset-inline-end: 8px;
    opacity: 0;
    background: var(--coi-bg-hover);
  }
  :host(:hover) .row-menu,
  .row-menu:focus-visible,
  .row-menu[aria-expanded='true'] {
    opacity: 1;
  }
  :host([current]) .row-menu {
    background: var(--coi-bg-selected);
  }
  :host(:hover) time,
  .row:has(+ .row-menu:is(:focus-visible, [aria-expanded='true'])) time {
    visibility: hidden;
  }
  @media (hover: none) {
    .row-menu {
      display: none;
    }
    :host(:hover) time {
      visibility: visible;
    }
  }
  /* 200 % text in 320 px: names wrap instead of being cut */
  @container coi-app (max-width: 14rem) {
    .name {
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
  @media (forced-colors: active) {
    :host([current]) .row {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
