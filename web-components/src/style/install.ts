/** Puts the tokens into a page, once. Adopted sheets need no `style-src` exception. */
import { tokens } from './tokens.css.ts';

/** Idempotent. Hosts override tokens with plain rules on `:root`: ours have no specificity. */
export function installTokens(root: Document = document): void {
  const sheet = tokens.styleSheet;
  if (sheet !== undefined && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
