/**
 * The engine process: `node engine/src/main.ts --config FILE`. With `dovecot-config` before the options it prints or
 * writes what makes a Dovecot send delivery events (delivery/command.ts), and ends.
 *
 * Prints one JSON line when it listens; log lines go to standard error. SIGTERM and SIGINT drain it. Ends with 78 on a
 * configuration that cannot be used.
 */
import { parseArgs } from 'node:util';
import { isCoiError, systemClock } from '@coi-webmail/base';
import { createAccount } from './account/account.ts';
import { loadConfig } from './config.ts';
import { DOVECOT_COMMAND, dovecotCommand } from './delivery/command.ts';
import { LocalHub } from './hub/local-hub.ts';
import { verifyLogin } from './imap/verify-login.ts';
import { createLogger } from './log.ts';
import { type Engine, startEngine } from './server/engine.ts';
import { failureFields } from './server/failure.ts';
import { SqliteStore } from './store/sqlite-store.ts';

const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const config = loadConfig(values.config);
  const log = createLogger({
    level: config.logLevel,
    clock: systemClock,
    write: (line) => void process.stderr.write(line),
  });
  const store = new SqliteStore(config.storeFile);
  const hub = new LocalHub({ clock: systemClock, log, leases: store });
  const engine = await startEngine({ config, store, hub, createAccount, verifyLogin, clock: systemClock, log });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(engine, 0));
  // A promise that nobody awaited is a bug of one request; the others go on.
  process.on('unhandledRejection', (error) => log.error('unhandled-rejection', failureFields(error)));
  process.on('uncaughtException', (error) => {
    log.error('uncaught-exception', failureFields(error));
    void stop(engine, 1);
  });
  const { host, port } = engine;
  process.stdout.write(`${JSON.stringify({ listening: { host, port, basePath: config.basePath } })}\n`);
}

async function stop(engine: Engine, code: number): Promise<void> {
  try {
    await engine.stop();
  } finally {
    // The grace of accounts and pooled connections would keep the process alive.
    process.exit(code);
  }
}

try {
  if (process.argv[2] === DOVECOT_COMMAND) process.stdout.write(dovecotCommand(process.argv.slice(3)));
  else await main();
} catch (error) {
  const isConfig = isCoiError(error, 'invalid-config');
  process.stderr.write(`${isConfig ? error.message : `The engine could not start: ${String(error)}`}\n`);
  process.exitCode = isConfig ? EXIT_CONFIG : 1;
}
