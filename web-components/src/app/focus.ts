/** Finds what can have the focus, also through shadow roots: for the trap of the drawer. */
const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex]';

function* walk(root: ParentNode): Generator<HTMLElement> {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (element.matches(FOCUSABLE) && element.tabIndex >= 0) yield element;
    if (element.shadowRoot !== null) yield* walk(element.shadowRoot);
  }
}

/** In the order of the page, which is the order of Tab: we set no positive tabindex. */
export function focusableIn(root: ParentNode): readonly HTMLElement[] {
  return [...walk(root)].filter((element) => element.checkVisibility() && !element.classList.contains('trap'));
}
