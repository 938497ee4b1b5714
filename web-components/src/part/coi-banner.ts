/** One line of news under the header, with at most one action. Which news it is decides `app/banner.ts`. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Overview } from '@coi-webmail/client';
import type { BannerKind } from '../app/banner.ts';
import { CoiElement } from '../element/coi-element.ts';
import { words } from '../i18n/words.ts';
import { icon, type IconName, ring } from '../icon/icon.ts';
import { base } from '../style/base.css.ts';

interface News {
  readonly tone: 'calm' | 'warning' | 'error';
  readonly picture: IconName | 'ring';
  readonly title: string;
  readonly text?: string | undefined;
  readonly act?: { readonly act: 'sign-in' | 'reload' | 'set-up'; readonly label: string } | undefined;
}

const TICK_MS = 1000;

/**
 * @summary The worst piece of news.
 * @fires coi-banner-act - The user chose the banner's action.
 */
@customElement('coi-banner')
export class CoiBanner extends CoiElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        flex: none;
      }
      .banner {
        display: flex;
        align-items: flex-start;
        gap: 10px;
        padding: 9px 12px;
        border-block-end: 1px solid var(--coi-border);
        background: var(--coi-bg-subtle);
        font-size: var(--coi-text-m);
        line-height: 1.4;
        --tone: var(--coi-accent);
      }
      .banner > .icon,
      .banner > .ring {
        margin-block-start: 1px;
        color: var(--tone);
      }
      .about {
        flex: 1;
        min-width: 0;
      }
      .warning {
        --tone: var(--coi-warn);
        background: var(--coi-warn-bg);
      }
      .error {
        --tone: var(--coi-danger);
        background: var(--coi-danger-bg);
      }
      .text-button {
        display: block;
        margin-block-start: 2px;
      }
    `,
  ];

  @property() kind: BannerKind | undefined;
  @property({ attribute: false }) overview: Overview | undefined;
  /** The host can take the user to a sign-in page. */
  @property({ type: Boolean, attribute: 'can-sign-in' }) canSignIn = false;
  @state() private now = Date.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tick(false);
  }

  protected override updated(): void {
    this.#tick(this.kind === 'engine-down' && this.overview?.retryAt !== undefined);
  }

  #tick(wanted: boolean): void {
    if (wanted === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = wanted
      ? setInterval(() => {
          this.now = Date.now();
        }, TICK_MS)
      : undefined;
  }

  #engineText(): string {
    const { retryAt } = this.overview ?? {};
    if (retryAt === undefined) return words.engineDownText();
    return `${words.engineDownText()} ${words.nextTry(Math.max(1, Math.ceil((retryAt - this.now) / 1000)))}`;
  }

  #news(kind: BannerKind): News {
    const queued = this.overview?.queuedCount ?? 0;
    const signIn = this.canSignIn ? { act: 'sign-in' as const, label: words.signIn() } : undefined;
    switch (kind) {
      case 'password-changed':
        return {
          tone: 'error',
          picture: 'key',
          title: words.passwordChanged(),
          text: words.passwordChangedText(),
          act: signIn,
        };
      case 'version':
        return {
          tone: 'calm',
          picture: 'arrow-repeat',
          title: words.version(),
          text: words.versionText(),
          act: { act: 'reload', label: words.reload() },
        };
      case 'over-quota':
        return { tone: 'error', picture: 'inbox-fill', title: words.overQuota(), text: words.overQuotaText() };
      case 'engine-down':
        return {
          tone: 'warning',
          picture: 'exclamation-triangle',
          title: words.engineDown(),
          text: this.#engineText(),
        };
      case 'mail-down':
        return { tone: 'warning', picture: 'hdd-network', title: words.mailDown(), text: words.mailDownText() };
      case 'offline': {
        const text = queued > 0 ? words.offlineQueued(queued) : words.offlineText();
        return { tone: 'calm', picture: 'cloud-slash', title: words.offline(), text };
      }
      case 'not-set-up':
        return {
          tone: 'calm',
          picture: 'info-circle',
          title: words.notSetUp(),
          text: words.notSetUpText(),
          act: { act: 'set-up', label: words.setUp() },
        };
      case 'storage-full':
        return {
          tone: 'warning',
          picture: 'database-exclamation',
          title: words.storageFull(),
          text: words.storageFullText(),
        };
      case 'storage-memory':
        return { tone: 'calm', picture: 'eye-slash', title: words.storageMemory(), text: words.storageMemoryText() };
      case 'connecting':
        return { tone: 'calm', picture: 'ring', title: words.connecting() };
      case 'syncing':
        return {
          tone: 'calm',
          picture: 'ring',
          title: words.syncing(Math.round((this.overview?.syncProgress ?? 0) * 100)),
        };
    }
  }

  #draw({ tone, picture, title, text, act }: News): TemplateResult {
    return html`<div class="banner ${tone}">
      ${picture === 'ring' ? ring() : icon(picture)}
      <div class="about">
        <b>${title}</b> ${text}
        ${
          act === undefined
            ? undefined
            : html`<button class="text-button" @click=${() => this.intend('coi-banner-act', { act: act.act })}>
              ${act.label}
            </button>`
        }
      </div>
    </div>`;
  }

  protected override render() {
    // The region stays, so that screen readers notice what comes into it.
    return html`<div role=${this.kind === 'syncing' ? 'none' : 'status'}>
      ${this.kind === undefined ? undefined : this.#draw(this.#news(this.kind))}
    </div>`;
  }
}
