/** POST file: the webmail asks that what lies unfiled be filed before it shows a list (design §4.10). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { check, fileRequest } from '@coi-webmail/protocol';
import { sendJson } from '../answer.ts';
import { readJson } from '../body.ts';
import type { EngineContext } from '../context.ts';
import { proofOfTicket } from './sign-on.ts';

export async function postFile(
  context: EngineContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, registry, trust } = context;
  const { ticket, deadlineMs } = check(fileRequest, await readJson(request), 'request to file');
  const clientIp = trust.clientIp(request);
  const proof = await proofOfTicket(context, ticket, clientIp);
  const { service } = registry.acquire({ ...proof, provenAt: clock.now(), clientIp });
  sendJson(response, 200, await service.file(deadlineMs));
}
