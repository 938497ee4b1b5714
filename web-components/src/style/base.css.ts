/** Parts that every shadow root needs: resets, focus ring, icons, buttons, badges. Adopted by every element. */
import { css } from 'lit';

export const base = css`
  :host {
    box-sizing: border-box;
    font: var(--coi-weight) var(--coi-text-l) / var(--coi-line) var(--coi-font);
    color: var(--coi-text);
    text-align: start;
    accent-color: var(--coi-accent-solid);
    -webkit-font-smoothing: antialiased;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    margin: 0;
    padding: 0;
    border: 0;
    background: none;
    text-align: inherit;
    cursor: pointer;
  }
  ul,
  ol {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  p,
  h1,
  h2,
  h3,
  fieldset,
  legend {
    margin: 0;
    padding: 0;
    border: 0;
  }
  h1,
  h2,
  h3 {
    font-size: inherit;
    font-weight: var(--coi-weight-bold);
    text-wrap: balance;
  }
  a {
    color: var(--coi-accent);
  }
  :host(:focus-visible),
  :focus-visible {
    outline: var(--coi-focus-width) solid var(--coi-focus);
    outline-offset: var(--coi-focus-offset);
  }
  ::selection {
    background: var(--coi-flash);
  }
  .ellipsis {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
    min-width: 0;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .icon {
    width: var(--coi-icon-m);
    height: var(--coi-icon-m);
    flex: none;
    display: inline-block;
    fill: currentColor;
    vertical-align: -0.125em;
  }
  .icon.small {
    width: var(--coi-icon-s);
    height: var(--coi-icon-s);
  }
  .icon.large {
    width: var(--coi-icon-l);
    height: var(--coi-icon-l);
  }
  .icon.mirror:dir(rtl) {
    transform: scaleX(-1);
  }
  .ring {
    width: var(--coi-icon-m);
    height: var(--coi-icon-m);
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    animation: coi-spin var(--coi-spin) linear infinite;
  }
  .ring .track {
    opacity: 0.25;
  }
  @keyframes coi-spin {
    to {
      transform: rotate(360deg);
    }
  }

  .icon-button {
    display: inline-grid;
    place-items: center;
    width: var(--coi-control);
    height: var(--coi-control);
    flex: none;
    border-radius: var(--coi-radius);
    color: var(--coi-icon);
    transition:
      background var(--coi-fast) var(--coi-ease),
      color var(--coi-fast) var(--coi-ease);
  }
  .icon-button:hover,
  .icon-button[aria-expanded='true'] {
    background: var(--coi-bg-hover);
    color: var(--coi-text);
  }
  .icon-button.small {
    width: 28px;
    height: 28px;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: var(--coi-control);
    padding: 5px var(--coi-space-3);
    border: 1px solid var(--coi-border-strong);
    border-radius: var(--coi-radius);
    background: var(--coi-bg);
    color: var(--coi-text);
    font-weight: var(--coi-weight-medium);
    line-height: var(--coi-line-tight);
    text-align: center;
    transition: background var(--coi-fast) var(--coi-ease);
  }
  .button:hover {
    background: var(--coi-bg-hover);
  }
  .button.primary {
    background: var(--coi-accent-solid);
    border-color: var(--coi-accent-solid);
    color: var(--coi-on-accent);
  }
  .button.primary:hover {
    background: var(--coi-accent-solid-hover);
    border-color: var(--coi-accent-solid-hover);
  }
  .button.plain {
    border-color: transparent;
    background: transparent;
    color: var(--coi-accent);
  }
  .button.plain:hover {
    background: var(--coi-bg-hover);
  }
  .button.danger {
    color: var(--coi-danger);
    border-color: currentColor;
  }
  .button.solid-danger {
    background: var(--coi-danger-solid);
    border-color: var(--coi-danger-solid);
    color: var(--coi-on-danger);
  }
  .button[disabled] {
    opacity: 0.5;
    cursor: default;
  }
  .text-button {
    min-height: var(--coi-target);
    color: var(--coi-accent);
    font-weight: var(--coi-weight-bold);
  }
  .text-button:hover {
    text-decoration: underline;
  }

  .badge {
    display: inline-grid;
    place-items: center;
    min-width: calc(1.25 * var(--coi-rem));
    height: calc(1.25 * var(--coi-rem));
    padding-inline: 5px;
    border-radius: var(--coi-radius-round);
    background: var(--coi-badge);
    color: var(--coi-on-badge);
    font-size: var(--coi-text-xs);
    font-weight: var(--coi-weight-bold);
    font-variant-numeric: tabular-nums;
    line-height: 1;
    flex: none;
  }
  .badge.muted {
    background: var(--coi-badge-muted);
    color: var(--coi-bg);
  }
  .tag {
    padding: 1px 7px;
    border-radius: var(--coi-radius-round);
    font-size: var(--coi-text-xs);
    font-weight: var(--coi-weight-medium);
    background: var(--coi-bg-subtle);
    color: var(--coi-text-2);
    white-space: nowrap;
    flex: none;
  }
  .tag.accent {
    background: var(--coi-accent-weak);
    color: var(--coi-accent);
  }

  .c1 {
    --av-bg: var(--coi-av-1-bg);
    --av: var(--coi-av-1);
  }
  .c2 {
    --av-bg: var(--coi-av-2-bg);
    --av: var(--coi-av-2);
  }
  .c3 {
    --av-bg: var(--coi-av-3-bg);
    --av: var(--coi-av-3);
  }
  .c4 {
    --av-bg: var(--coi-av-4-bg);
    --av: var(--coi-av-4);
  }
  .c5 {
    --av-bg: var(--coi-av-5-bg);
    --av: var(--coi-av-5);
  }
  .c6 {
    --av-bg: var(--coi-av-6-bg);
    --av: var(--coi-av-6);
  }
  .c7 {
    --av-bg: var(--coi-av-7-bg);
    --av: var(--coi-av-7);
  }
  .c8 {
    --av-bg: var(--coi-av-8-bg);
    --av: var(--coi-av-8);
  }

  @media (forced-colors: active) {
    .badge,
    .tag {
      border: 1px solid;
    }
    .badge,
    .button.primary,
    .button.solid-danger {
      forced-color-adjust: none;
    }
  }
`;

/** Header of list, conversation, settings and new chat: as high as the host's. */
export const header = css`
  .header {
    display: flex;
    align-items: center;
    gap: var(--coi-space-2);
    flex: none;
    min-height: var(--coi-header);
    padding: var(--coi-space-1) var(--coi-space-2) var(--coi-space-1) var(--coi-space-4);
    border-block-end: 1px solid var(--coi-border);
  }
  .header:dir(rtl) {
    padding: var(--coi-space-1) var(--coi-space-4) var(--coi-space-1) var(--coi-space-2);
  }
  .header.with-back {
    padding-inline-start: var(--coi-space-2);
  }
  .header .title {
    flex: 1;
    min-width: 0;
    font-size: var(--coi-text-xl);
    font-weight: var(--coi-weight-bold);
    overflow-wrap: anywhere;
  }
  .header .tools {
    display: flex;
    gap: var(--coi-space-half);
    flex: none;
  }
`;

/** Text fields, radio buttons, check boxes and the cards that hold a choice. */
export const form = css`
  .input {
    width: 100%;
    min-height: var(--coi-control);
    padding: 5px 10px;
    border: 1px solid var(--coi-border-strong);
    border-radius: var(--coi-radius);
    background: var(--coi-bg);
  }
  .input:focus-visible {
    border-color: var(--coi-focus);
  }
  .input[aria-invalid='true'] {
    border-color: var(--coi-danger);
  }
  .field-label {
    display: block;
    margin-block-end: var(--coi-space-1);
    font-weight: var(--coi-weight-medium);
  }
  .field-error {
    display: flex;
    gap: 6px;
    margin-block-start: var(--coi-space-1);
    color: var(--coi-danger);
    font-size: var(--coi-text-m);
    line-height: 1.4;
  }
  .field-error .icon {
    margin-block-start: 2px;
  }
  input[type='checkbox'],
  input[type='radio'] {
    appearance: none;
    display: inline-grid;
    place-items: center;
    width: var(--coi-rem);
    height: var(--coi-rem);
    flex: none;
    margin: 2px 0 0;
    border: 1.5px solid var(--coi-border-strong);
    border-radius: 4px;
    background: var(--coi-bg);
    cursor: pointer;
  }
  input[type='radio'] {
    border-radius: 50%;
  }
  input:is([type='checkbox'], [type='radio']):checked {
    background: var(--coi-accent-solid);
    border-color: var(--coi-accent-solid);
  }
  input[type='checkbox']:checked::before {
    content: '';
    width: 62%;
    height: 62%;
    background: var(--coi-on-accent);
    clip-path: polygon(8% 52%, 22% 38%, 40% 56%, 78% 14%, 92% 28%, 40% 84%);
  }
  input[type='radio']:checked::before {
    content: '';
    width: 40%;
    height: 40%;
    border-radius: 50%;
    background: var(--coi-on-accent);
  }
  .check {
    display: flex;
    gap: 10px;
    align-items: flex-start;
    cursor: pointer;
  }
  .check .note {
    display: block;
    font-size: var(--coi-text-m);
    line-height: 1.4;
    color: var(--coi-text-2);
  }
  .choice {
    display: grid;
    gap: var(--coi-space-2);
  }
  .choice label {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 1px 10px;
    padding: 10px 12px;
    border: 1px solid var(--coi-border);
    border-radius: var(--coi-radius);
    cursor: pointer;
    transition: border-color var(--coi-fast) var(--coi-ease);
  }
  .choice label:hover {
    border-color: var(--coi-border-strong);
  }
  .choice label:has(:checked) {
    border-color: var(--coi-accent-solid);
    box-shadow: inset 0 0 0 1px var(--coi-accent-solid);
  }
  .choice label:has(:disabled) {
    cursor: default;
    color: var(--coi-text-2);
  }
  .choice b {
    font-weight: var(--coi-weight-medium);
  }
  .choice label > span {
    grid-column: 2;
    font-size: var(--coi-text-m);
    line-height: 1.4;
    color: var(--coi-text-2);
  }
  @media (forced-colors: active) {
    input:is([type='checkbox'], [type='radio']) {
      appearance: auto;
    }
  }
`;

/** The shimmer of what is not there yet. */
export const skeleton = css`
  .skeleton {
    background: var(--coi-skeleton);
    border-radius: var(--coi-radius-tail);
    animation: coi-pulse var(--coi-pulse) ease-in-out infinite alternate;
  }
  @keyframes coi-pulse {
    to {
      opacity: 0.55;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .skeleton {
      border: 1px solid GrayText;
    }
  }
`;

/** Overlays rise 4 px while they fade in. */
export const overlay = css`
  .overlay {
    border-radius: var(--coi-radius);
    border: 1px solid var(--coi-border);
    background: var(--coi-bg-overlay);
    color: var(--coi-text);
    box-shadow: var(--coi-shadow);
    animation: coi-rise var(--coi-slow) var(--coi-ease);
  }
  @keyframes coi-rise {
    from {
      opacity: 0;
      translate: 0 4px;
    }
  }
`;
