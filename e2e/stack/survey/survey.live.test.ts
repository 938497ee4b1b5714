import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { chosenServer } from '../chosen-server.ts';
import { DOCUMENT, readColumn } from './document.ts';
import { surveyBehaviour } from './survey.ts';

test('the server answers as docs/servers.md says', async () => {
  const server = chosenServer();
  const written = readColumn(await readFile(DOCUMENT, 'utf8'), server);
  assert.deepEqual(await surveyBehaviour(server), written, 'npm run servers writes it anew');
});
