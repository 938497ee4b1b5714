/**
 * Keys of the whole panel: Escape goes back, F6 goes round, Alt + arrows go to the next chat. No key event leaves the
 * panel: webmail pages listen on the document, and a Delete that leaks moves a mail to the trash.
 */
export interface KeyActs {
  /** One level back. */
  back(): void;
  /** @param step 1 = down the list, -1 = up */
  nextChat(step: 1 | -1): void;
  /** List, messages, field: those that can be seen, in this order. */
  regions(): readonly HTMLElement[];
}

export function handleKeys(panel: HTMLElement, acts: KeyActs): void {
  panel.addEventListener('keydown', (event) => onKey(event, acts));
  for (const type of ['keydown', 'keypress', 'keyup'] as const) {
    panel.addEventListener(type, (event) => event.stopPropagation());
  }
}

function onKey(event: KeyboardEvent, acts: KeyActs): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === 'Escape') acts.back();
  else if (event.key === 'F6') nextRegion(event, acts.regions());
  else if (event.altKey && event.key === 'ArrowDown') acts.nextChat(1);
  else if (event.altKey && event.key === 'ArrowUp') acts.nextChat(-1);
  else return;
  event.preventDefault();
}

function nextRegion(event: KeyboardEvent, regions: readonly HTMLElement[]): void {
  const path = event.composedPath();
  const at = regions.findIndex((region) => path.includes(region));
  const step = event.shiftKey ? -1 : 1;
  regions[(at + step + regions.length) % regions.length]?.focus();
}
