/**
 * A Roundcube of its own out of Debian's: a tree of symlinks, with its own configuration, SQLite file and logs.
 *
 * `public_html/index.php` is copied, because Roundcube finds its installation from that file's real place.
 */
import { chown, copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HOST } from './port.ts';
import { DOMAIN } from './users.ts';

const DEBIAN_TREE = '/usr/share/roundcube';
const DEBIAN_INDEX = '/var/lib/roundcube/public_html/index.php';
const DEBIAN_CONFIG = '/etc/roundcube';

export interface RoundcubeOptions {
  /** A folder that does not exist yet. */
  readonly folder: string;
  readonly plugins: readonly string[];
  /** Where our plugin's source lies; its class and folder name is `coi_chat`. */
  readonly pluginSource?: string | undefined;
  readonly imapPort: number;
  readonly submissionPort: number;
  /** Sets cookie names apart: cookies of one host are shared by all its ports. */
  readonly webPort: number;
  /** Holds databases; outlives the tree. */
  readonly stateFolder: string;
  /** 24 characters; seals passwords in Roundcube's sessions. */
  readonly desKey: string;
  /** Uid and gid of the pages. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** What `config/coi_chat.inc.php` says. */
export interface PluginConfig {
  /** The engine as PHP reaches it, for example `http://127.0.0.1:4000/coi`. */
  readonly engineUrl: string;
  readonly issuer: string;
  /** base64 of 32 bytes, shared with the engine. */
  readonly secret: string;
}

function php(value: string | number | readonly string[]): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  return `[${value.map(php).join(', ')}]`;
}

function phpFile(settings: Readonly<Record<string, string | number | readonly string[]>>): string {
  const lines = Object.entries(settings).map(([key, value]) => `$config[${php(key)}] = ${php(value)};`);
  return `<?php\n// Written by e2e/stack/roundcube.ts\n${lines.join('\n')}\n`;
}

async function linkTree(folder: string, pluginSource: string | undefined): Promise<void> {
  const link = (target: string, name: string) => symlink(target, join(folder, name));
  await mkdir(join(folder, 'public_html', 'program'), { recursive: true });
  for (const name of ['config', 'plugins', 'skins', 'logs', 'temp']) await mkdir(join(folder, name));
  for (const name of ['program', 'SQL', 'index.php']) await link(join(DEBIAN_TREE, name), name);
  for (const name of await readdir(join(DEBIAN_TREE, 'plugins'))) {
    await link(join(DEBIAN_TREE, 'plugins', name), `plugins/${name}`);
  }
  if (pluginSource !== undefined) await link(pluginSource, 'plugins/coi_chat');
  await link(join(DEBIAN_TREE, 'skins', 'elastic'), 'skins/elastic');
  await link('../../program/js', 'public_html/program/js');
  await link('../../program/resources', 'public_html/program/resources');
  await link('../plugins', 'public_html/plugins');
  await link('../skins', 'public_html/skins');
  await copyFile(DEBIAN_INDEX, join(folder, 'public_html', 'index.php'));
  await link(join(DEBIAN_CONFIG, 'defaults.inc.php'), 'config/defaults.inc.php');
  await link(join(DEBIAN_CONFIG, 'mimetypes.php'), 'config/mimetypes.php');
}

export async function makeRoundcube(options: RoundcubeOptions): Promise<void> {
  const { folder, webPort } = options;
  await linkTree(folder, options.pluginSource);
  const settings = phpFile({
    db_dsnw: `sqlite:///${options.stateFolder}/${basename(folder)}.sqlite?mode=0640`,
    log_dir: `${folder}/logs/`,
    temp_dir: `${folder}/temp/`,
    imap_host: `${HOST}:${options.imapPort}`,
    smtp_host: `${HOST}:${options.submissionPort}`,
    smtp_user: '%u',
    smtp_pass: '%p',
    username_domain: DOMAIN,
    des_key: options.desKey,
    product_name: 'Webmail',
    plugins: options.plugins,
    skin: 'elastic',
    language: 'en_US',
    archive_mbox: 'Archive',
    session_name: `roundcube_sessid_${webPort}`,
    session_auth_name: `roundcube_sessauth_${webPort}`,
    login_rate_limit: 1000,
    log_driver: 'file',
  });
  await writeFile(join(folder, 'config', 'config.inc.php'), `${settings}$config['enable_spellcheck'] = false;\n`);
  await mkdir(options.stateFolder, { recursive: true });
  for (const path of [join(folder, 'logs'), join(folder, 'temp'), options.stateFolder]) {
    await chown(path, options.owner.uid, options.owner.gid);
  }
}

export async function writePluginConfig(folder: string, config: PluginConfig): Promise<void> {
  await writeFile(
    join(folder, 'config', 'coi_chat.inc.php'),
    phpFile({
      coi_chat_engine_url: config.engineUrl,
      coi_chat_public_path: '/coi/',
      coi_chat_issuer: config.issuer,
      coi_chat_secret: config.secret,
    }),
  );
}
