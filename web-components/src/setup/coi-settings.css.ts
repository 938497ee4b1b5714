import { css } from 'lit';

export const settingsStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--coi-bg);
  }
  .content {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    padding: 0 var(--coi-space-4) var(--coi-space-6);
  }
  section {
    max-width: 560px;
    padding-block: var(--coi-space-6) var(--coi-space-4);
  }
  section + section {
    border-block-start: 1px solid var(--coi-border);
  }
  h3 {
    font-size: var(--coi-text-xl);
    margin-block-end: var(--coi-space-2);
  }
  p {
    color: var(--coi-text-2);
    margin-block-end: var(--coi-space-3);
    overflow-wrap: anywhere;
  }
  .note {
    margin-block: var(--coi-space-2) 0;
    font-size: var(--coi-text-m);
  }
  dl {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: var(--coi-space-2) var(--coi-space-4);
    margin: 0;
    font-size: var(--coi-text-m);
  }
  dd {
    margin: 0;
    color: var(--coi-text-2);
  }
  kbd {
    padding: 1px 5px;
    border: 1px solid var(--coi-border);
    border-block-end-width: 2px;
    border-radius: 4px;
    background: var(--coi-bg-subtle);
    color: var(--coi-text-2);
    font-family: var(--coi-font);
    font-size: var(--coi-text-s);
    white-space: nowrap;
  }
  .alarm {
    color: var(--coi-warn);
  }
`;
