import assert from 'node:assert/strict';
import test from 'node:test';
import { readContacts } from './lookup.ts';

test("contacts are read from the call that Roundcube's page would make", () => {
  const found = [
    { name: 'Bob Builder <bob@example.test>', id: '1' },
    { name: '"Danvers, Carol" <carol@example.test>', id: '2' },
    { name: 'dave@example.test', id: '3' },
    { name: 'Choir <all@example.test>', type: 'group', email: 'all@example.test' },
  ];
  assert.deepEqual(readContacts(`this.ksearch_query_results(${JSON.stringify(found)},"b",0);\n`), [
    { name: 'Bob Builder', address: 'bob@example.test' },
    { name: 'Danvers, Carol', address: 'carol@example.test' },
    { name: '', address: 'dave@example.test' },
  ]);
});

test('an answer without that call, or with something else in it, has no contacts', () => {
  assert.deepEqual(readContacts(''), []);
  assert.deepEqual(readContacts('this.display_message("x");'), []);
  assert.deepEqual(readContacts('this.ksearch_query_results(nonsense);'), []);
  assert.deepEqual(readContacts('this.ksearch_query_results([{"name":"no address"}],"b",0);'), []);
});
