/**
 * nginx in the foreground: one site per Roundcube, and the engine under `/coi/` of the site with our plugin.
 *
 * The engine gets only cookies that are its own (`coi_session…`); Roundcube's session cookie stays here.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { phpSocket } from './php.ts';
import { HOST, isListening, until } from './port.ts';
import { type ServerProcess, startServer } from './process.ts';

export interface NginxOptions {
  readonly runDir: string;
  readonly socketDir: string;
  readonly systemUser: string;
  readonly sites: readonly NginxSite[];
}

export interface NginxSite {
  readonly port: number;
  /** Roundcube's tree; the pages are in its `public_html`. */
  readonly folder: string;
  /** Present: `/coi/` is passed on to this port. */
  readonly enginePort?: number;
}

export interface Nginx extends ServerProcess {
  /** Takes over changed sites without dropping open connections. */
  reload(sites: readonly NginxSite[]): Promise<void>;
}

/** nginx cannot filter cookies; three maps pick up to three of them (several accounts in one browser). */
const COOKIE_MAPS = `
  map $http_cookie $coi_cookie_1 {
    default "";
    "~(?:^|; ?)(?<coi_first>coi_session[^;]*)" $coi_first;
  }
  map $http_cookie $coi_cookie_2 {
    default "";
    "~(?:^|; ?)coi_session[^;]*;(?:.*?;)?? ?(?<coi_second>coi_session[^;]*)" "; $coi_second";
  }
  map $http_cookie $coi_cookie_3 {
    default "";
    "~(?:^|; ?)coi_session[^;]*;(?:.*?;)?? ?coi_session[^;]*;(?:.*?;)?? ?(?<coi_third>coi_session[^;]*)" "; $coi_third";
  }`;

function engineLocation(port: number): string {
  return `
    location /coi/ {
      proxy_pass http://${HOST}:${port};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $coi_connection;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Cookie "$coi_cookie_1$coi_cookie_2$coi_cookie_3";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 120s;
    }`;
}

function site(options: NginxOptions, { port, folder, enginePort }: NginxSite): string {
  return `
  server {
    listen ${HOST}:${port};
    root ${folder}/public_html;
    index index.php;
    location / {
      try_files $uri $uri/ /index.php?$query_string;
    }
    location ~ ^/(plugins|skins)/(.*\\.(php|inc|dist|md|sql|sh|less|json|lock|ts)|.*/templates/.*|.*/(tests|src|node_modules)/.*)$ {
      deny all;
    }
    location = /index.php {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root/index.php;
      fastcgi_buffers 32 16k;
      fastcgi_buffer_size 32k;
      fastcgi_pass unix:${phpSocket(options.socketDir)};
    }${enginePort === undefined ? '' : engineLocation(enginePort)}
  }`;
}

function config(options: NginxOptions): string {
  const { runDir, socketDir } = options;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `# Written by e2e/stack/nginx.ts
user ${options.systemUser};
daemon off;
worker_processes 1;
pid ${socketDir}/nginx.pid;
error_log ${runDir}/log/nginx.log;
events {
  worker_connections 4096;
}
http {
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on;
  tcp_nodelay on;
  server_tokens off;
  client_max_body_size 32m;
  gzip on;
  gzip_types text/css application/javascript application/json image/svg+xml;
${temporary.map((name) => `  ${name}_temp_path ${socketDir}/nginx-${name};`).join('\n')}
  map $http_upgrade $coi_connection {
    default upgrade;
    "" "";
  }${COOKIE_MAPS}
${options.sites.map((one) => site(options, one)).join('\n')}
}
`;
}

async function workersOf(pid: number): Promise<readonly string[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter((child) => child !== '');
}

/** nginx says so in the title of a worker that accepts nothing any more; it may stay for its open connections. */
async function isRetired(worker: string): Promise<boolean> {
  const title = await readFile(`/proc/${worker}/cmdline`, 'utf8').catch(() => '');
  return title === '' || title.includes('shutting down');
}

export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const file = join(options.runDir, 'nginx.conf');
  await writeFile(file, config(options));
  const server = await startServer({
    name: 'nginx',
    command: '/usr/sbin/nginx',
    args: ['-c', file, '-e', join(options.runDir, 'log', 'nginx.log')],
    logFile: join(options.runDir, 'log', 'nginx.log'),
    isReady: async () => (await Promise.all(options.sites.map(({ port }) => isListening(port)))).every(Boolean),
  });
  return {
    ...server,
    reload: async (sites) => {
      const earlier = await workersOf(server.pid);
      await writeFile(file, config({ ...options, sites }));
      server.kill('SIGHUP');
      const isDone = async () => (await Promise.all(earlier.map(isRetired))).every(Boolean);
      await until(isDone, 'nginx with its new configuration');
    },
  };
}
