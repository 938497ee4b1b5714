/** POST a/HASH/submit: `message.submit` without a socket, for a page that is being closed and for large messages. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CoiError } from '@coi-webmail/base';
import { check, decodeFrame, messageSubmit } from '@coi-webmail/protocol';
import { sendJson } from '../answer.ts';
import { bodyLength, readBody } from '../body.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';

/** The message is submitted also when nobody waits for the answer any more. */
export async function postSubmit(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
  hash: string,
): Promise<void> {
  const { budget, config, registry, trust } = context;
  const session = await requireSession(context, request, hash);
  const length = bodyLength(request, config.maxFrameBytes);
  const answer = await budget.use(hash, length, async () => {
    const frame = decodeFrame(await readBody(request, length));
    if (!('method' in frame) || frame.method !== 'message.submit') {
      throw new CoiError('invalid-request', 'The body is no message.submit request');
    }
    const params = check(messageSubmit.params, frame.params, 'params of message.submit');
    const result = await registry
      .acquire({ ...session, clientIp: trust.clientIp(request) })
      .service.call('message.submit', params);
    return { id: frame.id, result };
  });
  sendJson(response, 200, answer);
}
