/** Is a mail chat, by its outer header fields alone (design §4.1; coi-client-spec "Manual Message Filtering")? */
import type { MessageId } from './message.ts';
import { isChatId, parseMessageId, parseMessageIds } from './message-id.ts';
import type { HeaderBlock } from './mime/header-block.ts';

/** Which of the outer marks of chat a mail carries. */
export type ChatMark = 'chat-version' | 'message-id' | 'references';

export function chatMarkOf(headers: HeaderBlock): ChatMark | undefined {
  if (headers.has('chat-version')) return 'chat-version';
  const id = parseMessageId(headers.first('message-id'));
  if (id !== undefined && isChatId(id)) return 'message-id';
  const first = parseMessageId(headers.first('references'));
  return first !== undefined && isChatId(first) ? 'references' : undefined;
}

/** The message that this one answers: In-Reply-To, else the last of References. */
export function directParentOf(headers: HeaderBlock): MessageId | undefined {
  return parseMessageId(headers.first('in-reply-to')) ?? parseMessageIds(headers.first('references') ?? '').at(-1);
}
