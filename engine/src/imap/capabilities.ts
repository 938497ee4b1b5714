/** What one server can do, read once per connection after sign-on. */
import type { ImapFlow } from 'imapflow';

export interface Capabilities {
  readonly move: boolean;
  readonly uidplus: boolean;
  readonly condstore: boolean;
  readonly qresync: boolean;
  readonly idle: boolean;
  readonly notify: boolean;
  readonly sort: boolean;
  /** An algorithm of THREAD that goes by References. */
  readonly thread: 'REFS' | 'REFERENCES' | undefined;
  /** The server files chat mail by itself (coi-server-spec). */
  readonly coi: boolean;
  /** Submitted mail turns up in the Sent mailbox without our doing (Gmail). */
  readonly savesSent: boolean;
  /** RFC 7889; undefined = no limit told. */
  readonly appendLimitBytes: number | undefined;
}

export function readCapabilities(client: ImapFlow): Capabilities {
  const has = (name: string) => client.capabilities.has(name);
  const limit = client.capabilities.get('APPENDLIMIT');
  return {
    move: has('MOVE') || client.enabled.has('IMAP4REV2'),
    uidplus: has('UIDPLUS') || client.enabled.has('IMAP4REV2'),
    condstore: client.enabled.has('CONDSTORE') || client.enabled.has('QRESYNC'),
    qresync: client.enabled.has('QRESYNC'),
    idle: has('IDLE'),
    notify: has('NOTIFY'),
    sort: has('SORT'),
    thread: (['REFS', 'REFERENCES'] as const).find((name) => has(`THREAD=${name}`)),
    coi: has('COI'),
    savesSent: has('X-GM-EXT-1'),
    appendLimitBytes: typeof limit === 'number' ? limit : undefined,
  };
}
