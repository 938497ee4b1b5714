/** Fast lane (design §4.3): lines shown before their mail is here, but only from people whom the user accepted. */
import type { Clock } from '@coi-webmail/base';
import { type ChatState, isRequest, LANE_WAIT_MS, marksOf, roomOf, type RowId } from '@coi-webmail/chat';
import { type CoiMessage, identityOf } from '@coi-webmail/coi';
import type { EventData } from '@coi-webmail/protocol';
import type { Ledger } from './ledger.ts';
import { decodeFetched } from './sync/decode.ts';

export interface LaneDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Server time. */
  now(): number;
}

export async function seeLane(deps: LaneDeps, data: EventData<'lane.message'>): Promise<void> {
  const { ledger, clock } = deps;
  const message = await decodeFetched(data.bytes);
  if (message.from?.address !== data.from || message.messageId !== data.messageId) return;
  if (!acceptsLane(ledger.state, message)) return;
  const identity = identityOf(message, data.bytes) as RowId;
  await ledger.apply([{ kind: 'lane-seen', identity, message, acceptedAt: data.acceptedAt }]);
  clock.after(LANE_WAIT_MS + 500, () => void ledger.apply([{ kind: 'time-passed', now: deps.now() }]));
}

/** Only into a chat that the user accepted, from a sender who is not blocked. */
function acceptsLane(state: ChatState, message: CoiMessage): boolean {
  const from = message.from?.address;
  if (from === undefined || state.self.has(from)) return false;
  const chatOf = (handle: string) => state.chats.get(state.handles.get(handle) ?? (0 as never));
  const sender = chatOf(`address:${from}`);
  if (sender !== undefined && marksOf(state, sender).blocked === true) return false;
  const chat = chatOf(roomOf(message, state.self).handle);
  return chat !== undefined && !isRequest(state, chat) && marksOf(state, chat).blocked !== true;
}
