/** People as the screen shows them. */
import type { ContactAddress } from '@coi-webmail/coi';
import type { ChatState } from '../state.ts';
import type { PersonView } from '../view.ts';

const COLORS = 8;

/** 1..8, the same everywhere for one text. */
export function colorOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % COLORS) + 1;
}

/** First letters of the first and last word; of an address, its first letter. */
export function initialsOf(name: string): string {
  const words = (name.includes('@') ? (name.split('@')[0] ?? '') : name)
    .split(/[\s._-]+/u)
    .map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '')
    .filter((letter) => letter !== '');
  const first = words[0] ?? '?';
  const last = name.includes('@') ? '' : words.length > 1 ? (words.at(-1) ?? '') : '';
  return (first + last).toLocaleUpperCase('en');
}

export function selectPerson(state: ChatState, address: ContactAddress): PersonView {
  const facts = state.people.get(address);
  const name = facts?.name === undefined || facts.name === '' ? address : facts.name;
  return {
    address,
    name,
    self: state.self.has(address),
    color: colorOf(address),
    initials: initialsOf(name),
    dialect: facts?.chat === true ? 'chat' : 'legacy',
  };
}

/** For list rows: `Carol` of `Carol Example`. */
export function firstNameOf(person: PersonView): string {
  return person.name.includes('@') ? (person.name.split('@')[0] ?? '') : (person.name.split(/\s+/u)[0] ?? '');
}
