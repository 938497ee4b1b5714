import { css } from 'lit';

export const messageStyles = css`
  :host {
    --surface: var(--coi-bubble-in);
    --inset: var(--coi-bubble-in-inset);
    --ink: var(--coi-bubble-in-text);
    --meta: var(--coi-bubble-in-meta);
    display: block;
    margin-block-start: var(--coi-space-half);
    border-radius: var(--coi-radius);
    scroll-margin-block: var(--coi-space-8);
  }
  :host([first]) {
    margin-block-start: var(--coi-space-3);
  }
  :host([own]) {
    --surface: var(--coi-bubble-out);
    --inset: var(--coi-bubble-out-inset);
    --ink: var(--coi-bubble-out-text);
    --meta: var(--coi-bubble-out-meta);
  }
  .message {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    justify-items: start;
  }
  :host([own]) .message {
    justify-items: end;
  }
  /* groups show who speaks: a 28 px avatar in a gutter of 36 px */
  .message.gutter {
    grid-template-columns: var(--coi-avatar) minmax(0, 1fr);
  }
  .gutter > .body {
    grid-column: 2;
    max-width: min(92%, var(--coi-bubble-max-wide));
  }
  coi-avatar {
    --size: var(--coi-avatar-s);
    grid-column: 1;
    grid-row: 1;
  }
  .body {
    position: relative;
    display: grid;
    justify-items: start;
    min-width: 0;
    max-width: min(var(--coi-bubble-max), var(--coi-bubble-max-wide));
  }
  :host([own]) .body {
    justify-items: end;
  }

  .bubble {
    max-width: 100%;
    min-width: 0;
    padding: 6px 10px;
    border-radius: var(--coi-radius-bubble);
    background: var(--surface);
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  .bubble::after,
  .text::after {
    content: '';
    display: block;
    clear: both;
  }
  .bubble a {
    text-decoration-thickness: 1px;
    text-underline-offset: 2px;
  }
  :host([first]) .bubble {
    border-start-start-radius: var(--coi-radius-tail);
  }
  :host([first][own]) .bubble {
    border-start-start-radius: var(--coi-radius-bubble);
    border-start-end-radius: var(--coi-radius-tail);
  }
  :host([flash]) .bubble {
    animation: coi-flash 1.2s var(--coi-ease);
  }
  @keyframes coi-flash {
    0%,
    15% {
      background: var(--coi-flash);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    :host([flash]) .bubble {
      animation: none;
      outline: var(--coi-focus-width) solid var(--coi-focus);
    }
  }

  .author {
    display: flex;
    flex-wrap: wrap;
    gap: 0 6px;
    align-items: baseline;
    margin-block-end: 1px;
    font-size: var(--coi-text-m);
    font-weight: var(--coi-weight-bold);
    line-height: var(--coi-line-tight);
    color: var(--av);
  }
  .unproven {
    display: flex;
    gap: 6px;
    margin-block-end: 4px;
    padding: 4px 8px;
    border-radius: var(--coi-radius);
    background: var(--coi-warn-bg);
    color: var(--coi-text);
    font-size: var(--coi-text-s);
    line-height: 1.4;
  }
  .unproven .icon,
  .unproven b {
    color: var(--coi-warn);
  }
  .unproven .icon {
    margin-block-start: 2px;
  }
  .unread-html {
    display: flex;
    gap: 6px;
    color: var(--meta);
    font-size: var(--coi-text-m);
    line-height: 1.4;
  }
  .unread-html .icon {
    margin-block-start: 3px;
  }
  .subject {
    font-weight: var(--coi-weight-bold);
    line-height: 1.35;
  }
  .text {
    white-space: pre-wrap;
  }

  /* time and marks float into the last line; below it only when they do not fit */
  .meta {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 4px;
    margin-block: 0.3125em -0.125em;
    margin-inline: 10px 0;
    font-size: var(--coi-text-xs);
    line-height: 16px;
    color: var(--meta);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .meta .mark {
    display: inline-flex;
  }
  .meta .read {
    color: var(--coi-accent);
  }
  .meta .failed {
    color: var(--coi-danger);
  }
  .meta .unknown {
    color: var(--coi-warn);
  }
  .meta.below {
    float: none;
    display: flex;
    justify-content: flex-end;
    margin-block: 2px -2px;
  }
  .files + .meta.below {
    margin-block-start: calc(-1 * var(--coi-rem));
    pointer-events: none;
  }

  .is-emoji-only .bubble {
    background: none;
    padding: 2px 0;
  }
  .is-emoji-only .big {
    display: block;
    font-family: var(--coi-font-emoji);
    font-size: var(--coi-emoji-large);
    line-height: 1.15;
  }
  .is-emoji-only .meta {
    --meta: var(--coi-text-2);
    float: none;
    display: flex;
    margin: 0;
  }
  :host([own]) .is-emoji-only .meta {
    justify-content: flex-end;
  }
  :host([own]) .is-emoji-only .big {
    text-align: end;
  }

  .quote {
    display: block;
    width: 100%;
    margin-block: 2px 6px;
    padding: 5px 10px;
    border-radius: var(--coi-radius);
    border-inline-start: 3px solid var(--coi-accent);
    background: var(--inset);
    font-size: var(--coi-text-m);
    line-height: 1.4;
  }
  .quote b {
    display: block;
    color: var(--coi-accent);
    font-weight: var(--coi-weight-bold);
  }
  .quote > span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    color: var(--meta);
    white-space: pre-line;
  }
  .fold {
    display: block;
    font-size: var(--coi-text-s);
  }

  .is-unreadable .bubble {
    padding: 10px 12px;
    background: none;
    border: 1px solid var(--coi-border);
    color: var(--coi-text-2);
    --meta: var(--coi-text-2);
  }
  .is-unreadable .title {
    font-weight: var(--coi-weight-bold);
    color: var(--coi-text);
  }
  .is-unreadable .title .icon {
    margin-inline-end: 5px;
  }
  .is-unreadable p {
    font-size: var(--coi-text-m);
    margin-block-start: 2px;
  }
  .provisional .bubble {
    opacity: 0.94;
  }

  .files {
    display: grid;
    gap: var(--coi-space-2);
    margin-block: 2px;
  }
  .text + .files {
    margin-block-start: 6px;
  }
  .file {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 10px;
    width: 252px;
    max-width: 100%;
    color: inherit;
    text-decoration: none;
    border-radius: var(--coi-radius);
  }
  .file .type {
    display: grid;
    place-items: center;
    width: 40px;
    height: 40px;
    border-radius: var(--coi-radius);
    background: var(--inset);
    color: var(--coi-accent);
  }
  .file .type .icon {
    width: calc(1.25 * var(--coi-rem));
    height: calc(1.25 * var(--coi-rem));
    max-width: 24px;
    max-height: 24px;
  }
  .file .name {
    display: flex;
    min-width: 0;
    font-weight: var(--coi-weight-medium);
    line-height: 1.35;
  }
  .file .stem {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .file .ending {
    flex: none;
    white-space: nowrap;
  }
  .file .about {
    font-size: var(--coi-text-s);
    color: var(--meta);
    font-variant-numeric: tabular-nums;
  }
  a.file:hover .name {
    text-decoration: underline;
  }

  .is-mail .body {
    width: min(100%, 420px);
    max-width: 100%;
  }
  .card {
    width: 100%;
    border: 1px solid var(--coi-border);
    border-radius: var(--coi-radius-bubble);
    background: var(--coi-bg);
    overflow: hidden;
    --meta: var(--coi-text-2);
    --inset: var(--coi-bg-hover);
  }
  .card-subject {
    display: flex;
    align-items: flex-start;
    gap: var(--coi-space-2);
    padding: 9px 12px 7px;
    background: var(--coi-bg-subtle);
    border-block-end: 1px solid var(--coi-border);
    font-weight: var(--coi-weight-bold);
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  .card-subject .icon {
    margin-block-start: 2px;
    color: var(--coi-icon);
  }
  :host([own]) .card-subject {
    background: var(--coi-bubble-out);
    color: var(--coi-bubble-out-text);
  }
  .card-content {
    padding: 8px 12px 4px;
    overflow-wrap: anywhere;
  }
  .card-content .text.short {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 5;
    overflow: hidden;
  }
  .card-foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--coi-space-4);
    padding: 0 12px 6px;
    font-size: var(--coi-text-s);
  }
  .card-foot .text-button {
    min-height: 28px;
  }
  .card-foot .meta {
    float: none;
    margin: 0;
    margin-inline-start: auto;
  }

  /* hover or focus: buttons over the upper corner; they push nothing */
  .actions {
    position: absolute;
    inset-block-start: -26px;
    inset-inline-end: 6px;
    display: flex;
    padding: 2px;
    border-radius: var(--coi-radius);
    border: 1px solid var(--coi-border);
    background: var(--coi-bg-overlay);
    box-shadow: var(--coi-shadow);
    z-index: var(--coi-z-actions);
    opacity: 0;
    pointer-events: none;
    transition: opacity var(--coi-fast) var(--coi-ease);
  }
  :host(:not([own])) .actions {
    inset-inline: auto -8px;
    translate: 0;
  }
  :host(:hover) .actions,
  :host(:focus-within) .actions,
  :host(:focus) .actions,
  :host([menu-open]) .actions {
    opacity: 1;
    pointer-events: auto;
  }
  @media (hover: none) {
    :host(:hover) .actions,
    :host(:focus) .actions {
      opacity: 0;
      pointer-events: none;
    }
  }
  @media (forced-colors: active) {
    .bubble {
      border: 1px solid CanvasText;
    }
  }
`;
