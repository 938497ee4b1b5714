/** Keys on a focused message: arrows move over messages, Home and End to the ends, Enter opens its menu. */
import type { CoiMessage } from '../message/coi-message.ts';

export interface RovingActs {
  messages(): readonly CoiMessage[];
  focus(message: CoiMessage | undefined): void;
  menu(message: CoiMessage): void;
  newest(): void;
}

export function onRovingKey(event: KeyboardEvent, acts: RovingActs): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const messages = acts.messages();
  const at = messages.indexOf(event.composedPath()[0] as CoiMessage);
  const message = messages[at];
  if (message === undefined) return;
  if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    acts.menu(message);
  } else if (event.key === 'End') {
    acts.newest();
  } else {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0 }[event.key];
    if (to === undefined) return;
    acts.focus(messages[to]);
  }
  event.preventDefault();
}
