/** Whom the "new chat" field offers: people chatted with, then the address book, then the address as typed. Pure. */
import type { PersonView } from '@coi-webmail/chat';
import type { HostContact } from '../host.ts';
import { addressProblem, tidyAddress } from './address.ts';

const MOST_PER_SECTION = 8;

export interface Suggestion {
  readonly section: 'chats' | 'book' | 'typed';
  readonly name: string;
  readonly address: string;
  readonly initials: string;
  readonly color: number;
}

/** The same colour for the same address, like the client's own; only for people that it does not know yet. */
function colorOf(address: string): number {
  let sum = 0;
  for (const char of address) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return (sum % 8) + 1;
}

function matches(query: string, name: string, address: string): boolean {
  const wanted = query.toLowerCase();
  const starts = ` ${name} ${address}`.toLowerCase();
  return wanted === '' || starts.includes(` ${wanted}`) || address.startsWith(wanted);
}

export interface SuggestionSources {
  readonly people: readonly PersonView[];
  readonly book: readonly HostContact[];
  readonly own: string;
  readonly taken: readonly string[];
}

export function suggestions(typed: string, { people, book, own, taken }: SuggestionSources): readonly Suggestion[] {
  const query = typed.trim();
  const used = new Set([...taken, own.toLowerCase()]);
  const fresh = (address: string): boolean => {
    if (used.has(address)) return false;
    used.add(address);
    return true;
  };
  const known = people
    .filter(({ name, address }) => matches(query, name, address) && fresh(address))
    .slice(0, MOST_PER_SECTION)
    .map(({ name, address, initials, color }) => ({ section: 'chats' as const, name, address, initials, color }));
  const contacts = book
    .map(({ name, address }) => ({ name: name.trim(), address: tidyAddress(address) }))
    .filter(({ address }) => addressProblem(address, own) === undefined && fresh(address))
    .slice(0, MOST_PER_SECTION)
    .map(({ name, address }) => ({
      section: 'book' as const,
      name: name === '' ? address : name,
      address,
      initials: (name === '' ? address : name).slice(0, 1).toUpperCase(),
      color: colorOf(address),
    }));
  const address = tidyAddress(query);
  const typedOnly =
    addressProblem(address, own) === undefined && fresh(address)
      ? [{ section: 'typed' as const, name: address, address, initials: '', color: colorOf(address) }]
      : [];
  return [...known, ...contacts, ...typedOnly];
}
