/** php-fpm in the foreground with one pool on a Unix socket, for both Roundcube sites. */
import { writeFile } from 'node:fs/promises';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type ServerProcess, startServer } from './process.ts';

export interface PhpOptions {
  readonly runDir: string;
  readonly socketDir: string;
  /** Whose rights the pages have. */
  readonly systemUser: string;
}

export function phpSocket(socketDir: string): string {
  return join(socketDir, 'php.sock');
}

/** Debian names the program after the version of PHP. @throws Error when php-fpm is not installed */
async function findPhpFpm(): Promise<string> {
  const names = (await readdir('/usr/sbin')).filter((name) => name.startsWith('php-fpm'));
  const last = names.sort().at(-1);
  if (last === undefined) throw new Error('The Debian package php-fpm is not installed');
  return join('/usr/sbin', last);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const answer = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

export async function startPhp(options: PhpOptions): Promise<ServerProcess> {
  const { runDir, socketDir, systemUser } = options;
  const file = join(runDir, 'php-fpm.conf');
  await writeFile(
    file,
    `; Written by e2e/stack/php.ts
[global]
pid = ${socketDir}/php.pid
error_log = ${runDir}/log/php-fpm.log
daemonize = no
[roundcube]
user = ${systemUser}
group = ${systemUser}
listen = ${phpSocket(socketDir)}
listen.owner = ${systemUser}
pm = static
pm.max_children = 5
clear_env = no
catch_workers_output = yes
php_admin_flag[log_errors] = on
php_admin_value[upload_max_filesize] = 25M
php_admin_value[post_max_size] = 30M
php_admin_value[memory_limit] = 256M
php_admin_value[opcache.revalidate_freq] = 0
`,
  );
  return startServer({
    name: 'php-fpm',
    command: await findPhpFpm(),
    args: ['--nodaemonize', '--allow-to-run-as-root', '--fpm-config', file],
    logFile: join(runDir, 'log', 'php-fpm.log'),
    isReady: () => answers(phpSocket(socketDir)),
  });
}
