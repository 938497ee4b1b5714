import { css } from 'lit';

export const timelineStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    flex: 1;
    min-height: 0;
  }
  .log {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    overflow-anchor: none; /* we hold the place ourselves, the same in every browser */
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--coi-border-strong) transparent;
    scroll-padding-block: var(--coi-space-8);
    display: flex;
    flex-direction: column;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .rows {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    padding: var(--coi-space-2) var(--coi-space-3) var(--coi-space-3);
  }
  .rows::before {
    content: '';
    margin-block-start: auto;
  }
  @container coi-conversation (min-width: 560px) {
    .rows {
      padding-inline: var(--coi-space-6);
    }
  }
  .day {
    align-self: center;
    max-width: 90%;
    margin-block: var(--coi-space-4) var(--coi-space-2);
    padding: 2px 10px;
    border-radius: var(--coi-radius-round);
    background: var(--coi-bg-subtle);
    font-size: var(--coi-text-s);
    font-weight: var(--coi-weight-medium);
    color: var(--coi-text-2);
    text-align: center;
  }
  .day + coi-message[first],
  .new-line + coi-message[first] {
    margin-block-start: var(--coi-space-1);
  }
  .new-line {
    display: flex;
    align-items: center;
    gap: var(--coi-space-2);
    margin-block: var(--coi-space-3) var(--coi-space-1);
    font-size: var(--coi-text-s);
    font-weight: var(--coi-weight-bold);
    color: var(--coi-accent);
  }
  .new-line::before,
  .new-line::after {
    content: '';
    flex: 1;
    border-block-start: 1px solid currentColor; /* a border survives forced colours */
    opacity: 0.5;
  }
  .older {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: var(--coi-space-2);
    min-height: 48px;
    font-size: var(--coi-text-s);
    color: var(--coi-text-2);
  }
  coi-message.new {
    animation: coi-appear var(--coi-slow) var(--coi-ease);
  }
  @keyframes coi-appear {
    from {
      opacity: 0;
    }
  }
  .jump {
    position: absolute;
    inset-block-end: var(--coi-space-3);
    inset-inline-end: var(--coi-space-3);
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border: 1px solid var(--coi-border);
    border-radius: 50%;
    background: var(--coi-bg-overlay);
    color: var(--coi-icon);
    box-shadow: var(--coi-shadow);
    z-index: var(--coi-z-actions);
  }
  .jump .badge {
    position: absolute;
    inset-block-start: -8px;
    inset-inline-end: -4px;
  }
`;
