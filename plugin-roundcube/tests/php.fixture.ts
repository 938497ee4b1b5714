/** Runs PHP: the syntax check, and the scripts in php/ that take JSON and print a result. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export const PLUGIN_FOLDER = join(import.meta.dirname, '..');

function php(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('php', ['-d', 'display_errors=stderr', ...args], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`PHP failed: ${stdout}${stderr}`));
    });
    child.stdin?.end(input);
  });
}

/** @throws Error with PHP's words when the file is not PHP */
export async function checkSyntax(file: string): Promise<void> {
  await php(['-l', file]);
}

/** @param script name of a file in php/ */
export function runScript(script: string, input: unknown): Promise<string> {
  return php([join(import.meta.dirname, 'php', script)], JSON.stringify(input));
}
