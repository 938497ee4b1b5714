/** The page's one connection to the worker, shared by the panel and the unread count. */
import { type ChatApi, connect } from '@coi-webmail/client';
import type { Host } from '../host.ts';

const connections = new WeakMap<Host, Promise<ChatApi>>();

/** Connects once per host object; a failed try is forgotten, so that the next one is a new one. */
export function connectHost(host: Host): Promise<ChatApi> {
  const known = connections.get(host);
  if (known !== undefined) return known;
  const { engineUrl, workerUrl, userKey, session } = host;
  const made = connect({ engineUrl, workerUrl, userKey, session, signOn: (reason) => host.signOn(reason) });
  connections.set(host, made);
  made.catch(() => connections.delete(host));
  return made;
}
