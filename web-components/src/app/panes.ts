/** What stands in the panel: the question of consent, list and conversation, or why there is nothing. Draws only. */
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { PersonView } from '@coi-webmail/chat';
import '../conversation/coi-conversation.ts';
import { words } from '../i18n/words.ts';
import '../list/coi-chat-list.ts';
import '../part/coi-banner.ts';
import '../part/coi-empty-state.ts';
import '../setup/coi-consent.ts';
import '../setup/coi-new-chat.ts';
import '../setup/coi-settings.ts';
import type { AppContext } from './app-context.ts';
import { worstBanner } from './banner.ts';
import type { ListQuery } from './chat-feed.ts';
import type { LineController } from './line-controller.ts';
import type { NavigationController } from './navigation-controller.ts';
import type { SetupController } from './setup-controller.ts';

export interface Panes {
  readonly app: AppContext;
  readonly way: NavigationController;
  readonly setup: SetupController;
  readonly lines: LineController;
  /** The worker could not be started. */
  readonly isBroken: boolean;
  readonly connectingLong: boolean;
  readonly place: 'sidebar' | 'drawer' | 'full';
  /** List and conversation stand side by side. */
  readonly wide: boolean;
  readonly sharedComputer: boolean;
  readonly listQuery: ListQuery;
  readonly newChatFailure: string;
}

function banner(panes: Panes): TemplateResult {
  const overview = panes.app.feed?.overview;
  const kind =
    overview && worstBanner(overview, { consentPutOff: panes.setup.putOff, connectingLong: panes.connectingLong });
  return html`<coi-banner
    slot="banner"
    .kind=${kind}
    .overview=${overview}
    ?can-sign-in=${panes.app.host.signIn !== undefined}
  ></coi-banner>`;
}

function peopleOf(panes: Panes): readonly PersonView[] {
  const chats = panes.app.feed?.chats?.chats ?? [];
  return chats
    .filter(({ kind, request, blocked }) => kind === 'direct' && !request && !blocked)
    .flatMap(({ people }) => people.slice(0, 1));
}

function sideElement(panes: Panes): TemplateResult {
  const overview = panes.app.feed?.overview;
  const address = overview?.address ?? '';
  if (panes.way.side === 'new-chat') {
    return html`<coi-new-chat
      class="side"
      .people=${peopleOf(panes)}
      .lookup=${panes.app.host.lookup}
      .address=${address}
      .maxRecipients=${overview?.limits?.maxRecipients ?? Number.POSITIVE_INFINITY}
      .failure=${panes.newChatFailure}
    ></coi-new-chat>`;
  }
  if (panes.way.side === 'settings') {
    return html`<coi-settings
      class="side"
      .overview=${overview}
      .preview=${panes.setup.preview}
      ?shared-computer=${panes.sharedComputer}
      ?busy=${panes.setup.busy}
      ?hides-chats=${panes.app.host.name !== 'standalone'}
    ></coi-settings>`;
  }
  return html`<coi-chat-list
    class="side"
    role="navigation"
    aria-label=${words.chats()}
    .view=${overview === undefined || overview.phase === 'opening' || overview.phase === 'locked' ? undefined : panes.app.feed?.chats}
    .filter=${panes.listQuery.filter}
    .search=${panes.listQuery.search}
    .current=${panes.app.current}
    .address=${address}
    ?closable=${panes.place !== 'full'}
    ?read-only=${overview?.phase !== 'ready'}
    >${banner(panes)}</coi-chat-list
  >`;
}

function mainElement(panes: Panes): TemplateResult {
  const chatId = panes.app.current;
  if (chatId === undefined) {
    return html`<coi-empty-state
      picture="chat-dots"
      tone="neutral"
      .heading=${words.chooseTitle()}
      .text=${words.chooseText()}
    ></coi-empty-state>`;
  }
  const known = panes.app.feed?.chats?.chats.find((chat) => chat.chatId === chatId);
  return html`${keyed(
    chatId,
    html`<coi-conversation
      role="region"
      aria-label=${words.conversationWith(known?.title ?? panes.app.feed?.timeline?.chat.title ?? '')}
      .timeline=${panes.way.timeline}
      .known=${known}
      .draft=${panes.way.draft}
      .overview=${panes.app.feed?.overview}
      .restore=${panes.way.restore}
      .fullTexts=${panes.lines.fullTexts}
      .engineUrl=${panes.app.host.engineUrl}
      ?can-open-mail=${panes.app.host.openMail !== undefined}
      ?can-compose=${panes.app.host.compose !== undefined}
      ?narrow=${!panes.wide}
      >${banner(panes)}</coi-conversation
    >`,
  )}`;
}

function signedOut(panes: Panes): TemplateResult {
  return html`<coi-empty-state picture="person-lock" .heading=${words.signedOutTitle()} .text=${words.signedOutText()}>
    ${
      panes.app.host.signIn === undefined
        ? nothing
        : html`<button class="button primary" @click=${() => panes.app.host.signIn?.()}>${words.signIn()}</button>`
    }
  </coi-empty-state>`;
}

export function drawPanes(panes: Panes): TemplateResult {
  const phase = panes.app.feed?.overview?.phase;
  if (panes.isBroken) {
    return html`<coi-empty-state
      picture="exclamation-triangle"
      tone="warning"
      .heading=${words.connectFailedTitle()}
      .text=${words.connectFailedText()}
    >
      <button class="button" @click=${() => location.reload()}>${words.reload()}</button>
    </coi-empty-state>`;
  }
  if (phase === 'signed-out') return signedOut(panes);
  if (phase === 'consent' && !panes.setup.putOff) {
    return html`<coi-consent
      .preview=${panes.setup.preview}
      ?busy=${panes.setup.busy}
      ?hides-chats=${panes.app.host.name !== 'standalone'}
      ?closable=${panes.place !== 'full'}
      >${banner(panes)}</coi-consent
    >`;
  }
  return html`<div class="columns ${panes.way.showsConversation ? 'shows-conversation' : 'shows-list'}">
    ${sideElement(panes)}
    <div class="main">${mainElement(panes)}</div>
  </div>`;
}
