/** `npm run reset`: removes all state of stacks, that is the folder `.run`. Refuses while one is running. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockRunFolder, removeRunFolder } from './folder.ts';

const folder = fileURLToPath(new URL('../../.run', import.meta.url));
try {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
  for (const name of names) await lockRunFolder(join(folder, name));
  for (const name of names) await removeRunFolder(join(folder, name));
  await rm(folder, { recursive: true, force: true });
  console.log(`Removed ${folder}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
