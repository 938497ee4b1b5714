import assert from 'node:assert/strict';
import { test } from 'node:test';
import { domainOf, parseContactAddress } from './address.ts';

const cases: readonly (readonly [text: string, address: string | undefined])[] = [
  ['alice@example.com', 'alice@example.com'],
  ['  Alice@EXAMPLE.com ', 'alice@example.com'],
  ['alice+chat@mail.example.com', 'alice+chat@mail.example.com'],
  ['"alice"@example.com', 'alice@example.com'],
  ['"alice angel"@example.com', '"alice angel"@example.com'],
  ['heidi..x.@docomo.example', 'heidi..x.@docomo.example'],
  ['erin@bücher.example', 'erin@xn--bcher-kva.example'],
  ['用户@例子.example', '用户@xn--fsqu00a.example'],
  ['alice@localhost', 'alice@localhost'],
  ['alice@example.com.', 'alice@example.com'],
  ['alice@[192.0.2.1]', 'alice@[192.0.2.1]'],
  ['', undefined],
  ['alice', undefined],
  ['@example.com', undefined],
  ['alice@', undefined],
  ['alice@example..com', undefined],
  ['alice@-example.com', undefined],
  ['alice@exam ple.com', undefined],
  ['alice@example.com/path', undefined],
  ['alice@example.com:25', undefined],
  ['alice bob@example.com', undefined],
  ['alice@bob@example.com', undefined],
  ['alice@example.com\r\nBcc: carol@example.com', undefined],
  ['<alice@example.com>', undefined],
  ['alice@%41.example', undefined],
  [`${'a'.repeat(65)}@example.com`, undefined],
  [`alice@${'a.'.repeat(130)}com`, undefined],
];

for (const [text, address] of cases) {
  test(`${JSON.stringify(text).slice(0, 50)} is ${address ?? 'no address'}`, () => {
    assert.equal(parseContactAddress(text), address);
  });
}

test('reading an address again changes nothing', () => {
  for (const [, address] of cases) if (address !== undefined) assert.equal(parseContactAddress(address), address);
});

test('the domain follows the last @', () => {
  const address = parseContactAddress('"a@b"@example.com');
  assert.ok(address !== undefined);
  assert.equal(domainOf(address), 'example.com');
});
