/**
 * Every `--coi-*` token. Everything else derives from these; no element names a colour, size or time of its own.
 *
 * Themes: elastic light (default), elastic dark, ox light, ox dark, forced colours. A host maps its theme by setting
 * tokens on its own root: our selectors have no specificity, so the host's always win. `contrast.test.ts` checks the
 * pairs of `contrast-pairs.ts`.
 */
import { css } from 'lit';

export const tokens = css`
  /* ---------- the same in every theme ---------- */
  :where(:root) {
    /* 16 px at 100 % text; a host whose root is 14 px sets calc(16rem / 14) */
    --coi-rem: 1rem;

    /* type: the host's font and size; all text follows --coi-rem so that 200 % text works */
    --coi-font: "Roboto", "Open Sans", "Helvetica Neue", Arial, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif;
    --coi-font-emoji: "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif;
    --coi-font-mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
    --coi-text-xs: calc(0.6875 * var(--coi-rem)); /* 11: time and marks in a bubble */
    --coi-text-s: calc(0.75 * var(--coi-rem)); /* 12: time in a row, chips, captions */
    --coi-text-m: calc(0.8125 * var(--coi-rem)); /* 13: second lines, hints */
    --coi-text-l: calc(0.875 * var(--coi-rem)); /* 14: names, messages, menus */
    --coi-text-xl: calc(1 * var(--coi-rem)); /* 16: panel titles */
    --coi-text-xxl: calc(1.25 * var(--coi-rem)); /* 20: dialog and empty-state titles */
    --coi-emoji-large: calc(2.25 * var(--coi-rem));
    --coi-line: 1.4286; /* 20 on 14 */
    --coi-line-tight: 1.25;
    --coi-weight: 400;
    --coi-weight-medium: 500;
    --coi-weight-bold: 600;

    /* space: 8 px grid, 4 inside rows */
    --coi-space-half: 2px; /* between the lines of one group */
    --coi-space-1: 4px;
    --coi-space-2: 8px;
    --coi-space-3: 12px;
    --coi-space-4: 16px;
    --coi-space-6: 24px;
    --coi-space-8: 32px;

    /* shape */
    --coi-radius: 6px;
    --coi-radius-bubble: 12px;
    --coi-radius-tail: 4px;
    --coi-radius-round: 999px;

    /* sizes */
    --coi-header: 58px; /* the host's header height */
    --coi-row: 64px;
    --coi-row-compact: 48px;
    --coi-avatar-s: 28px;
    --coi-avatar: 36px;
    --coi-avatar-l: 80px;
    --coi-control: 32px; /* buttons, fields */
    --coi-target: 24px; /* smallest target */
    --coi-icon-s: min(0.875 * var(--coi-rem), 18px); /* icons grow a little with the text, then stop */
    --coi-icon-m: min(1 * var(--coi-rem), 20px);
    --coi-icon-l: min(1.125 * var(--coi-rem), 22px);
    --coi-sidebar: 320px;
    --coi-sidebar-min: 300px;
    --coi-sidebar-max: 480px;
    --coi-drawer: 400px;
    --coi-bubble-max: 85%;
    --coi-bubble-max-wide: 540px; /* cap in wide conversations */
    --coi-media-max: 240px; /* height of a single picture */

    /* motion */
    --coi-fast: 120ms;
    --coi-slow: 180ms;
    --coi-ease: cubic-bezier(0.2, 0, 0, 1);
    --coi-spin: 900ms;
    --coi-pulse: 1600ms;

    /* stacking, all below the host's own popovers (1000 and more) */
    --coi-z-sticky: 1;
    --coi-z-actions: 2;
    --coi-z-dock: 20;
    --coi-z-overlay: 30;
    --coi-z-dialog: 40;

    /* focus ring: always outside the shape, never removed */
    --coi-focus-width: 2px;
    --coi-focus-offset: 1px;

    color-scheme: light;
  }

  /* ---------- Roundcube Elastic, light (default) ---------- */
  :where(:root) {
    --coi-bg: #ffffff;
    --coi-bg-subtle: #f4f7f8;
    --coi-bg-hover: #eff3f5;
    --coi-bg-selected: #dff1fb;
    --coi-bg-overlay: #ffffff;
    --coi-text: #2c363a;
    --coi-text-2: #55646b;
    --coi-border: #dde4e7;
    --coi-border-strong: #7b8a91;
    --coi-icon: #526168;
    --coi-accent: #07669b;
    --coi-accent-solid: #0b72aa;
    --coi-accent-solid-hover: #095f8f;
    --coi-on-accent: #ffffff;
    --coi-accent-weak: #dff1fb;
    --coi-bubble-out: #d6eefb;
    --coi-bubble-out-inset: #c2e3f5;
    --coi-bubble-out-text: #22303a;
    --coi-bubble-out-meta: #46606d;
    --coi-bubble-in: #eef2f4;
    --coi-bubble-in-inset: #e0e7ea;
    --coi-bubble-in-text: #2c363a;
    --coi-bubble-in-meta: #55646b;
    --coi-danger: #ad2219;
    --coi-danger-bg: #fcebe9;
    --coi-danger-solid: #c22f25;
    --coi-on-danger: #ffffff;
    --coi-warn: #774900;
    --coi-warn-bg: #fff2d6;
    --coi-warn-solid: #8f5600;
    --coi-on-warn: #ffffff;
    --coi-ok: #17693b;
    --coi-ok-bg: #e3f4e9;
    --coi-badge: #0b72aa;
    --coi-on-badge: #ffffff;
    --coi-badge-muted: #5f6e75;
    --coi-highlight: #ffe58a;
    --coi-flash: #b9e2f8;
    --coi-skeleton: #e6ebee;
    --coi-online: #1f8a4c;
    --coi-focus: #0b72aa;
    --coi-scrim: rgb(20 30 35 / 45%);
    --coi-media-scrim: #1d2428; /* behind text on pictures, used at 72 % */
    --coi-on-media: #ffffff;
    --coi-shadow: 0 1px 2px rgb(20 30 35 / 12%), 0 6px 20px rgb(20 30 35 / 16%);
    --coi-av-1-bg: #d9e6fb; --coi-av-1: #27508f;
    --coi-av-2-bg: #d9eedf; --coi-av-2: #1f5e37;
    --coi-av-3-bg: #fbe2d1; --coi-av-3: #853f11;
    --coi-av-4-bg: #e8defa; --coi-av-4: #5a3899;
    --coi-av-5-bg: #fadce5; --coi-av-5: #92264d;
    --coi-av-6-bg: #d2edef; --coi-av-6: #145c66;
    --coi-av-7-bg: #f5ebc2; --coi-av-7: #664e00;
    --coi-av-8-bg: #e2e7ea; --coi-av-8: #455259;
  }

  /* ---------- Roundcube Elastic, dark ---------- */
  :where(.dark-mode, [data-theme="dark"]) {
    color-scheme: dark;
    --coi-bg: #21292c;
    --coi-bg-subtle: #273034;
    --coi-bg-hover: #2c373b;
    --coi-bg-selected: #1f4254;
    --coi-bg-overlay: #2b3539;
    --coi-text: #dfe7ea;
    --coi-text-2: #aebcc2;
    --coi-border: #37444a;
    --coi-border-strong: #7b8d95;
    --coi-icon: #b2c0c6;
    --coi-accent: #6fccff;
    --coi-accent-solid: #37beff;
    --coi-accent-solid-hover: #66ceff;
    --coi-on-accent: #06222f;
    --coi-accent-weak: #1f4254;
    --coi-bubble-out: #1d4a61;
    --coi-bubble-out-inset: #163c50;
    --coi-bubble-out-text: #eaf4f9;
    --coi-bubble-out-meta: #b6d3e1;
    --coi-bubble-in: #303b40;
    --coi-bubble-in-inset: #283236;
    --coi-bubble-in-text: #dfe7ea;
    --coi-bubble-in-meta: #aebcc2;
    --coi-danger: #ffa79f;
    --coi-danger-bg: #472a29;
    --coi-danger-solid: #c93a31;
    --coi-on-danger: #ffffff;
    --coi-warn: #f3c56d;
    --coi-warn-bg: #40351d;
    --coi-warn-solid: #f0b84e;
    --coi-on-warn: #2b1d00;
    --coi-ok: #7fd8a3;
    --coi-ok-bg: #1f3d2e;
    --coi-badge: #37beff;
    --coi-on-badge: #06222f;
    --coi-badge-muted: #8c9ca3;
    --coi-highlight: #6b5710;
    --coi-flash: #2b6685;
    --coi-skeleton: #323d42;
    --coi-online: #5ccb8a;
    --coi-focus: #6fccff;
    --coi-scrim: rgb(0 0 0 / 55%);
    --coi-media-scrim: #12181b;
    --coi-on-media: #ffffff;
    --coi-shadow: 0 0 0 1px rgb(0 0 0 / 30%), 0 8px 24px rgb(0 0 0 / 45%);
    --coi-av-1-bg: #2c4775; --coi-av-1: #d2e2fc;
    --coi-av-2-bg: #28513a; --coi-av-2: #cdebd6;
    --coi-av-3-bg: #67391c; --coi-av-3: #fbdcc7;
    --coi-av-4-bg: #4d3a78; --coi-av-4: #e4d8fb;
    --coi-av-5-bg: #6b2b46; --coi-av-5: #fad4e1;
    --coi-av-6-bg: #1d5058; --coi-av-6: #c9ebef;
    --coi-av-7-bg: #574714; --coi-av-7: #f3e5b2;
    --coi-av-8-bg: #47535a; --coi-av-8: #e0e7ea;
  }

  /* ---------- OX App Suite, light ---------- */
  :where([data-host="ox"]) {
    --coi-font: "Inter", "Segoe UI", "Helvetica Neue", Arial, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif;
    --coi-header: 56px;
    --coi-bg: #ffffff;
    --coi-bg-subtle: #f5f6f8;
    --coi-bg-hover: #f0f2f6;
    --coi-bg-selected: #e2ebf8;
    --coi-bg-overlay: #ffffff;
    --coi-text: #26282b;
    --coi-text-2: #585e68;
    --coi-border: #dfe2e8;
    --coi-border-strong: #828995;
    --coi-icon: #535a66;
    --coi-accent: #2d5a9e;
    --coi-accent-solid: #3565ab;
    --coi-accent-solid-hover: #283f73;
    --coi-on-accent: #ffffff;
    --coi-accent-weak: #e2ebf8;
    --coi-bubble-out: #dde8f8;
    --coi-bubble-out-inset: #cbdbf1;
    --coi-bubble-out-text: #1f2a3d;
    --coi-bubble-out-meta: #4b5b76;
    --coi-bubble-in: #f0f1f4;
    --coi-bubble-in-inset: #e3e5ea;
    --coi-bubble-in-text: #26282b;
    --coi-bubble-in-meta: #585e68;
    --coi-badge: #3565ab;
    --coi-on-badge: #ffffff;
    --coi-badge-muted: #626974;
    --coi-flash: #c4d8f5;
    --coi-skeleton: #e7e9ee;
    --coi-focus: #3565ab;
  }

  /* ---------- OX App Suite, dark ---------- */
  :where([data-host="ox"].dark-mode, [data-host="ox"][data-theme="dark"]) {
    --coi-bg: #222222;
    --coi-bg-subtle: #292a2b;
    --coi-bg-hover: #303133;
    --coi-bg-selected: #2b3f60;
    --coi-bg-overlay: #2d2e30;
    --coi-text: #e8e9eb;
    --coi-text-2: #b4b8bf;
    --coi-border: #3d3f43;
    --coi-border-strong: #868b94;
    --coi-icon: #bbbfc6;
    --coi-accent: #a3c3f5;
    --coi-accent-solid: #85aef0;
    --coi-accent-solid-hover: #a3c3f5;
    --coi-on-accent: #0d1c33;
    --coi-accent-weak: #2b3f60;
    --coi-bubble-out: #2c4470;
    --coi-bubble-out-inset: #23375c;
    --coi-bubble-out-text: #eef3fb;
    --coi-bubble-out-meta: #c0cfe8;
    --coi-bubble-in: #343538;
    --coi-bubble-in-inset: #2a2b2d;
    --coi-bubble-in-text: #e8e9eb;
    --coi-bubble-in-meta: #b4b8bf;
    --coi-badge: #85aef0;
    --coi-on-badge: #0d1c33;
    --coi-badge-muted: #9398a1;
    --coi-flash: #3c5a90;
    --coi-skeleton: #37393c;
    --coi-focus: #a3c3f5;
  }

  /* ---------- less motion ---------- */
  @media (prefers-reduced-motion: reduce) {
    :where(:root) {
      --coi-fast: 0ms;
      --coi-slow: 0ms;
      --coi-spin: 0ms;
      --coi-pulse: 0ms;
    }
  }

  /* ---------- forced colours: system colours only; bubbles and chips get a border from chat.css ---------- */
  @media (forced-colors: active) {
    :where(:root, .dark-mode, [data-theme], [data-host]) {
      --coi-bg: Canvas;
      --coi-bg-subtle: Canvas;
      --coi-bg-hover: Canvas;
      --coi-bg-selected: Canvas;
      --coi-bg-overlay: Canvas;
      --coi-text: CanvasText;
      --coi-text-2: CanvasText;
      --coi-border: CanvasText;
      --coi-border-strong: CanvasText;
      --coi-icon: CanvasText;
      --coi-accent: LinkText;
      --coi-accent-solid: Highlight;
      --coi-accent-solid-hover: Highlight;
      --coi-on-accent: HighlightText;
      --coi-accent-weak: Canvas;
      --coi-bubble-out: Canvas;
      --coi-bubble-out-inset: Canvas;
      --coi-bubble-out-text: CanvasText;
      --coi-bubble-out-meta: CanvasText;
      --coi-bubble-in: Canvas;
      --coi-bubble-in-inset: Canvas;
      --coi-bubble-in-text: CanvasText;
      --coi-bubble-in-meta: CanvasText;
      --coi-danger: CanvasText;
      --coi-danger-bg: Canvas;
      --coi-warn: CanvasText;
      --coi-warn-bg: Canvas;
      --coi-ok: CanvasText;
      --coi-ok-bg: Canvas;
      --coi-badge: Highlight;
      --coi-on-badge: HighlightText;
      --coi-badge-muted: CanvasText;
      --coi-danger-solid: Highlight;
      --coi-on-danger: HighlightText;
      --coi-warn-solid: Highlight;
      --coi-on-warn: HighlightText;
      --coi-online: Highlight;
      --coi-skeleton: GrayText;
      --coi-flash: Canvas;
      --coi-highlight: Mark;
      --coi-focus: Highlight;
      --coi-shadow: none;
    }
  }
`;
