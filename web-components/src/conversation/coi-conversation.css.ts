import { css } from 'lit';

export const conversationStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    position: relative;
    min-width: 0;
    min-height: 0;
    background: var(--coi-bg);
    container: coi-conversation / inline-size;
  }
  .who {
    display: flex;
    align-items: center;
    gap: 10px;
    flex: 1;
    min-width: 0;
  }
  .who coi-avatar {
    --size: 34px;
  }
  .names {
    flex: 1;
    min-width: 0;
  }
  .name {
    font-weight: var(--coi-weight-bold);
    line-height: 1.2;
  }
  .truth {
    display: flex;
    align-items: flex-start;
    gap: 4px;
    margin-block-start: 1px;
    font-size: var(--coi-text-s);
    line-height: 1.2;
    color: var(--coi-text-2);
  }
  .truth span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .content {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-height: 0;
  }
  .ghosts {
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    gap: var(--coi-space-3);
    flex: 1;
    min-height: 0;
    padding: var(--coi-space-3);
    overflow: hidden;
  }
  .ghosts div {
    height: 36px;
    width: 62%;
    flex: none;
    border-radius: var(--coi-radius-bubble);
  }
  .ghosts div:nth-of-type(3n) {
    align-self: flex-end;
    width: 48%;
  }
  .ghosts div:nth-of-type(4n) {
    height: 56px;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: var(--coi-space-1) var(--coi-space-3);
    flex: none;
    min-height: 53px;
    padding: var(--coi-space-2) var(--coi-space-3);
    border-block-start: 1px solid var(--coi-border);
    background: var(--coi-bg-subtle);
    color: var(--coi-text-2);
    font-size: var(--coi-text-m);
    text-align: center;
  }
  @container coi-app (max-width: 14rem) {
    .name {
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
`;
