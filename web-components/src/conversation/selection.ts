/**
 * Whether a text is selected inside messages. Browsers differ in what the document knows of a selection in shadow
 * roots: Firefox everything, the others only what they are asked for root by root.
 */
import type { CoiMessage } from '../message/coi-message.ts';

export function hasSelection(messages: readonly CoiMessage[]): boolean {
  const selection = document.getSelection();
  if (selection === null) return false;
  if (String(selection) !== '') return true;
  if (!('getComposedRanges' in selection)) return false;
  const shadowRoots = messages.flatMap(({ shadowRoot }) => shadowRoot ?? []);
  return selection
    .getComposedRanges({ shadowRoots })
    .some(
      ({ startContainer, startOffset, endContainer, endOffset }) =>
        startContainer !== endContainer || startOffset !== endOffset,
    );
}
