/** `storage.put`: replaces a document that clients own. */
import { CoiError } from '@coi-webmail/base';
import type { Handler } from './handler.ts';

export const storagePut: Handler<'storage.put'> = async ({ context, storage, mode }, params) => {
  if (mode.value === null) throw new CoiError('permission-denied', 'Nothing is stored before consent');
  const { kind, document, ifRevision } = params;
  const revision = await storage.put(kind, document, ifRevision);
  context.emit({ event: 'storage.changed', data: { kind, revision } });
  return { revision };
};
