/** The page's one connection to the worker, shared by the panel and the unread count. */
import { type ChatClient, connect } from '@coi-webmail/client';
import type { Host } from '../host.ts';

const connections = new WeakMap<Host, Promise<ChatClient>>();

async function open(host: Host): Promise<ChatClient> {
  const { engineUrl, workerUrl, userKey, session } = host;
  try {
    return await connect({ engineUrl, workerUrl, userKey, session, signOn: (reason) => host.signOn(reason) });
  } catch (error) {
    // A failed try is forgotten, so that the next one is a new one.
    connections.delete(host);
    throw error;
  }
}

/** Connects once per host object. @throws CoiError `internal` when the worker cannot be started */
export function connectHost(host: Host): Promise<ChatClient> {
  const known = connections.get(host) ?? open(host);
  connections.set(host, known);
  return known;
}

/** Ends the connection of a host that is done with: another user signs on in the same page. */
export async function disconnectHost(host: Host): Promise<void> {
  const known = connections.get(host);
  connections.delete(host);
  const client = await known?.catch(() => undefined);
  await client?.dispose();
}
