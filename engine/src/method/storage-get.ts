/** `storage.get`: a document that clients own. */
import type { Handler } from './handler.ts';

export const storageGet: Handler<'storage.get'> = async ({ storage }, { kind }) => {
  const { revision, document } = await storage.get(kind);
  return { revision, document: document ?? null };
};
