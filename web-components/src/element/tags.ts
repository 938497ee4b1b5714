/** Tag names and their classes, for `document.createElement` and `querySelector`. */
import type { CoiChatApp } from '../app/coi-chat-app.ts';
import type { CoiComposer } from '../composer/coi-composer.ts';
import type { CoiConversation } from '../conversation/coi-conversation.ts';
import type { CoiTimeline } from '../conversation/coi-timeline.ts';
import type { CoiChatList } from '../list/coi-chat-list.ts';
import type { CoiChatRow } from '../list/coi-chat-row.ts';
import type { CoiMessage } from '../message/coi-message.ts';
import type { CoiToast } from '../part/coi-toast.ts';

declare global {
  interface HTMLElementTagNameMap {
    'coi-chat-app': CoiChatApp;
    'coi-chat-list': CoiChatList;
    'coi-chat-row': CoiChatRow;
    'coi-composer': CoiComposer;
    'coi-conversation': CoiConversation;
    'coi-message': CoiMessage;
    'coi-timeline': CoiTimeline;
    'coi-toast': CoiToast;
  }
}
