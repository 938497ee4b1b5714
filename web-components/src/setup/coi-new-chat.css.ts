import { css } from 'lit';

export const newChatStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--coi-bg);
  }
  form {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-height: 0;
  }
  .to {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    min-height: 36px;
    margin: var(--coi-space-2) var(--coi-space-3) 0;
    padding: 4px 6px;
    border: 1px solid var(--coi-border-strong);
    border-radius: var(--coi-radius);
  }
  .to:focus-within {
    border-color: var(--coi-focus);
    box-shadow: 0 0 0 1px var(--coi-focus);
  }
  .to.bad {
    border-color: var(--coi-danger);
  }
  .to input {
    flex: 1 1 120px;
    min-width: 60px;
    padding: 2px;
    border: 0;
    outline: 0;
    background: none;
  }
  .to input:focus-visible {
    outline: 0;
  }
  .to input::placeholder {
    color: var(--coi-text-2);
    opacity: 1;
  }
  .person {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    max-width: 100%;
    padding: 1px 2px 1px 8px;
    border-radius: var(--coi-radius-round);
    background: var(--coi-bg-hover);
    font-size: var(--coi-text-m);
  }
  .person:dir(rtl) {
    padding: 1px 8px 1px 2px;
  }
  .person button {
    display: grid;
    place-items: center;
    flex: none;
    width: 24px;
    height: 24px;
    border-radius: 50%;
    color: var(--coi-icon);
  }
  .below {
    padding-inline: var(--coi-space-3);
  }
  .hint {
    padding: var(--coi-space-2) var(--coi-space-3);
    color: var(--coi-text-2);
    font-size: var(--coi-text-m);
    line-height: 1.4;
  }
  .options {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    scrollbar-width: thin;
    margin-block-start: var(--coi-space-2);
  }
  .section {
    padding: var(--coi-space-3) var(--coi-space-4) var(--coi-space-1);
    font-size: var(--coi-text-s);
    font-weight: var(--coi-weight-bold);
    color: var(--coi-text-2);
  }
  .option {
    display: flex;
    align-items: center;
    gap: var(--coi-space-3);
    min-height: 52px;
    padding: 6px var(--coi-space-3);
    cursor: pointer;
  }
  .option:hover,
  .option[aria-selected='true'] {
    background: var(--coi-bg-hover);
  }
  .option[aria-selected='true'] {
    box-shadow: inset 0 0 0 2px var(--coi-focus);
    border-radius: var(--coi-radius);
  }
  .grow {
    flex: 1;
    min-width: 0;
    line-height: 1.35;
  }
  .option .name {
    display: block;
    font-weight: var(--coi-weight-medium);
  }
  .option .address {
    display: block;
    font-size: var(--coi-text-s);
    color: var(--coi-text-2);
  }
  .plus {
    display: grid;
    place-items: center;
    flex: none;
    width: var(--coi-avatar);
    height: var(--coi-avatar);
    border-radius: 50%;
    background: var(--coi-bg-hover);
    color: var(--coi-icon);
  }
  .foot {
    display: flex;
    flex: none;
    padding: var(--coi-space-2) var(--coi-space-3);
    border-block-start: 1px solid var(--coi-border);
  }
  .foot .button {
    flex: 1;
  }
`;
