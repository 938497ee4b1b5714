import { css } from 'lit';

export const chatListStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    background: var(--coi-bg);
  }
  .find {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--coi-space-2);
    flex: none;
    padding: var(--coi-space-2) var(--coi-space-3);
  }
  .search {
    display: flex;
    align-items: center;
    gap: var(--coi-space-2);
    min-height: var(--coi-control);
    padding-inline: 10px 2px;
    border: 1px solid transparent;
    border-radius: var(--coi-radius);
    background: var(--coi-bg-hover);
    color: var(--coi-icon);
    transition:
      background var(--coi-fast) var(--coi-ease),
      border-color var(--coi-fast) var(--coi-ease);
  }
  .search:focus-within {
    background: var(--coi-bg);
    border-color: var(--coi-focus);
    box-shadow: 0 0 0 1px var(--coi-focus);
  }
  .search input {
    flex: 1;
    min-width: 0;
    padding: 5px 0;
    border: 0;
    outline: 0;
    background: none;
    color: var(--coi-text);
    text-overflow: ellipsis;
  }
  .search input:focus-visible {
    outline: 0;
  }
  .search input::placeholder {
    color: var(--coi-text-2);
    opacity: 1;
  }
  .search input::-webkit-search-cancel-button {
    display: none;
  }
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 28px;
    padding: 2px 8px;
    border: 1px solid var(--coi-border);
    border-radius: var(--coi-radius-round);
    background: var(--coi-bg);
    color: var(--coi-text-2);
    font-size: var(--coi-text-s);
    font-weight: var(--coi-weight-medium);
    line-height: var(--coi-line-tight);
    white-space: nowrap;
    transition: background var(--coi-fast) var(--coi-ease);
  }
  .chip:hover {
    background: var(--coi-bg-hover);
  }
  .chip[aria-pressed='true'] {
    background: var(--coi-accent-weak);
    border-color: var(--coi-accent);
    color: var(--coi-accent);
  }
  .chip b {
    font-variant-numeric: tabular-nums;
    font-weight: var(--coi-weight-bold);
  }
  .rows {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    scrollbar-width: thin;
    scrollbar-color: var(--coi-border-strong) transparent;
    padding-block-end: var(--coi-space-2);
  }
  .place {
    display: flex;
    flex: 1;
    min-height: 0;
  }
  .ghost {
    display: flex;
    align-items: center;
    gap: var(--coi-space-3);
    min-height: var(--coi-row);
    padding: var(--coi-space-2) var(--coi-space-3);
  }
  .ghost .head {
    width: var(--coi-avatar);
    height: var(--coi-avatar);
    border-radius: 50%;
    flex: none;
  }
  .ghost .bars {
    flex: 1;
    display: grid;
    gap: 10px;
  }
  .ghost .bar {
    height: 10px;
    width: 88%;
  }
  .ghost .bar.short {
    width: 46%;
  }
  .ghost:nth-child(even) .bar.short {
    width: 34%;
  }
  .ghost:nth-child(even) .bar.long {
    width: 72%;
  }
`;
