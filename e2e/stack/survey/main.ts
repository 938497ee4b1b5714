/** `npm run servers`: asks every IMAP server of the stack and writes docs/servers.md. */
import { writeFile } from 'node:fs/promises';
import { IMAP_SERVERS, type ImapServerName } from '../imap-server.ts';
import { DOCUMENT, writeDocument } from './document.ts';
import { type Answer, surveyBehaviour, surveyLatency } from './survey.ts';

const behaviour = new Map<ImapServerName, readonly Answer[]>();
const latency = new Map<ImapServerName, readonly Answer[]>();
for (const server of IMAP_SERVERS) {
  behaviour.set(server, await surveyBehaviour(server));
  latency.set(server, await surveyLatency(server));
}
const text = writeDocument(behaviour, latency);
await writeFile(DOCUMENT, text);
console.log(text);
