import { css } from 'lit';

export const deliveryStyles = css`
  :host {
    display: block;
    max-width: 100%;
    margin-block: 3px 4px;
    font-size: var(--coi-text-s);
    line-height: 1.4;
    color: var(--coi-danger);
  }
  :host([tone='warn']) {
    color: var(--coi-warn);
  }
  :host([tone='calm']) {
    color: var(--coi-text-2);
  }
  :host([tone='none']) {
    display: none;
  }
  .news {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: inherit;
    gap: 2px 12px;
  }
  :host([own]) .news {
    justify-content: flex-end;
    text-align: end;
  }
  .acts {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 2px 12px;
  }
  .text-button {
    font-size: inherit;
  }
  .count {
    font-variant-numeric: tabular-nums;
  }
  progress {
    appearance: none;
    width: 84px;
    height: 4px;
    border: 0;
    border-radius: 2px;
    overflow: hidden;
    background: var(--coi-border);
    color: var(--coi-accent-solid);
  }
  progress::-webkit-progress-bar {
    background: var(--coi-border);
  }
  progress::-webkit-progress-value {
    background: var(--coi-accent-solid);
  }
  progress::-moz-progress-bar {
    background: var(--coi-accent-solid);
  }
  .refused {
    flex: 1 0 100%;
    display: grid;
    gap: 1px;
    color: var(--coi-text-2);
    overflow-wrap: anywhere;
  }
  .refused bdi {
    font-weight: var(--coi-weight-medium);
    color: var(--coi-text);
  }
  @media (forced-colors: active) {
    progress {
      border: 1px solid;
    }
  }
`;
