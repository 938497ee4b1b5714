import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bob, carol, dave } from '../gallery/people.ts';
import { type SuggestionSources, suggestions } from './suggestion.ts';

const sources: SuggestionSources = { people: [bob, carol, dave], book: [], own: 'alice@example.org', taken: [] };
const addresses = (typed: string, rest: Partial<SuggestionSources> = {}): readonly string[] =>
  suggestions(typed, { ...sources, ...rest }).map(({ address }) => address);

test('before anything is typed the people of the chats are offered', () => {
  assert.deepEqual(addresses(''), [bob.address, carol.address, dave.address]);
});

test('a name or the start of an address finds a person', () => {
  assert.deepEqual(addresses('car'), [carol.address]);
  assert.deepEqual(addresses('dave@'), [dave.address]);
});

test('a person is offered once, with chats before the address book', () => {
  const book = [
    { name: 'Robert', address: 'Bob@Example.org' },
    { name: 'Bella', address: 'bella@example.org' },
  ];
  assert.deepEqual(addresses('b', { book }), [bob.address, 'bella@example.org']);
});

test('a full address that nobody knows can be written to', () => {
  const [only, ...rest] = suggestions('erin@example.org', sources);
  assert.deepEqual([only?.section, only?.address, rest.length], ['typed', 'erin@example.org', 0]);
});

test('neither oneself nor whoever is chosen already is offered', () => {
  assert.deepEqual(addresses('alice@example.org'), []);
  assert.deepEqual(addresses('', { taken: [bob.address] }), [carol.address, dave.address]);
});

test('a broken entry of the address book is left out', () => {
  assert.deepEqual(addresses('x', { book: [{ name: 'X', address: 'not an address' }] }), []);
});
