/** Delivery events of Dovecot: what the engine's install command writes, as an admin would run it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ENGINE_MAIN } from './engine.ts';

const run = promisify(execFile);

/**
 * @param folder plays Dovecot's configuration folder
 * @returns the configuration file for Dovecot to include
 */
export async function installDeliveryEvents(engineConfigFile: string, folder: string): Promise<string> {
  const args = [ENGINE_MAIN, 'dovecot-config', '--config', engineConfigFile, '--folder', folder, '--write'];
  await run(process.execPath, args);
  return `${folder}/conf.d/95-coi-delivery.conf`;
}
