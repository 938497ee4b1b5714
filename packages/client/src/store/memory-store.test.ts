import { test } from 'node:test';
import { memoryOpener } from './memory-store.ts';
import { STORE_CONTRACT } from './store.contract.ts';

for (const { name, run } of STORE_CONTRACT) {
  test(`memory: ${name}`, () => run(memoryOpener(), '0123456789abcdef'));
}
