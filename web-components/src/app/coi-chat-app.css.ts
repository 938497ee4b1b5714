import { css } from 'lit';

export const chatAppStyles = css`
  :host {
    container: coi-app / inline-size;
    position: relative;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    height: 100%;
    background: var(--coi-bg);
  }
  .columns {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    flex: 1;
    min-height: 0;
  }
  .columns > * {
    min-width: 0;
    min-height: 0;
  }
  .columns.shows-list > .main,
  .columns.shows-conversation > .side {
    display: none;
  }
  .main {
    display: flex;
    flex-direction: column;
  }
  .main > * {
    flex: 1;
    min-height: 0;
  }
  @container coi-app (min-width: 640px) {
    .columns {
      grid-template-columns: minmax(280px, 340px) minmax(0, 1fr);
    }
    .columns > .side {
      border-inline-end: 1px solid var(--coi-border);
    }
    .columns.shows-conversation > .side,
    .columns.shows-list > .main {
      display: flex;
    }
    /* the news stand once, above the list */
    .main [slot='banner'] {
      display: none;
    }
  }
  .trap {
    position: absolute;
    width: 0;
    height: 0;
  }

  /* 9 px to grab, 1 px to see; arrow keys move it by 16 px */
  .handle {
    position: absolute;
    inset-block: 0;
    inset-inline-start: -5px;
    width: 9px;
    cursor: ew-resize;
    touch-action: none;
    z-index: var(--coi-z-sticky);
  }
  .handle::after {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: 4px;
    width: 1px;
    background: var(--coi-border);
  }
  .handle:hover::after,
  .handle:focus-visible::after {
    width: 3px;
    inset-inline-start: 3px;
    background: var(--coi-focus);
  }
  .handle:focus-visible {
    outline: none;
  }
`;
