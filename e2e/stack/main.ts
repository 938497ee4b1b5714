/**
 * `npm run stack` and `npm start`: brings a stack up, says how to reach it, and stays until Ctrl-C.
 *
 * Options: --name NAME, --json (one line for programs), --seed (demo mail), --no-engine, --no-webmail,
 * --no-sender-login-maps, --faults (the engine's mail traffic goes through the fault relays), --keep (mail of the
 * last run under that name), --no-build (browser bundles as they are), --imap dovecot|cyrus|dovecot-bare.
 */
import { parseArgs } from 'node:util';
import { buildAll } from '@coi-webmail/tooling';
import { seedDemo } from './seed.ts';
import { parseImapServer } from './imap-server.ts';
import { startStack } from './stack.ts';
import type { StackInfo } from './info.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    imap: { type: 'string' },
    json: { type: 'boolean', default: false },
    seed: { type: 'boolean', default: false },
    'no-engine': { type: 'boolean', default: false },
    'no-webmail': { type: 'boolean', default: false },
    'no-sender-login-maps': { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});

function describe(info: StackInfo): string {
  const people = Object.values(info.users).map(({ address, password }) => `  ${address.padEnd(22)} ${password}`);
  const { urls, ports } = info;
  return `
Webmail with chat   ${urls.webmail ?? 'not started'}
Webmail without     ${urls.stockWebmail ?? 'not started'}
Chat on its own     ${urls.app}

Sign in as
${people.join('\n')}

IMAP ${info.host}:${ports.imap} (STARTTLS) or ${ports.imaps} (TLS), SMTP ${info.host}:${ports.submission} (STARTTLS), CA ${info.caFile}
Files and logs are in ${info.runDir}

Ctrl-C stops everything.`;
}

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

let isStopping = false;
const startedAt = performance.now();
try {
  if (!values['no-build']) await buildAll();
  const stack = await startStack({
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(values.imap === undefined ? {} : { imap: parseImapServer(values.imap) }),
    engine: !values['no-engine'],
    webmail: !values['no-webmail'],
    senderLoginMaps: !values['no-sender-login-maps'],
    faults: values.faults,
    keepMail: values.keep,
  });
  if (values.seed) await seedDemo(stack.info);
  console.log(values.json ? JSON.stringify(stack.info) : describe(stack.info));
  if (!values.json) console.log(`(ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  for (const engine of stack.engines()) {
    void engine.exited.then(
      (code) => isStopping || console.error(`The ${engine.name} ended with ${code ?? 'a signal'}`),
    );
  }
  await interrupted;
  isStopping = true;
  if (!values.json) console.log('\nStopping …');
  await stack.stop();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();
