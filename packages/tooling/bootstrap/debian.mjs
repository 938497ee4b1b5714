/**
 * The Debian packages that the mail stack and the browser tests need, and installing them without starting the
 * services that they bring (a policy-rc.d that forbids it stands only while apt runs).
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PACKAGES =
  'dovecot-core dovecot-imapd dovecot-lmtpd dovecot-sieve postfix nginx-light openssl util-linux chromium ' +
  'php-fpm php-cli php-sqlite3 php-intl php-mbstring php-xml php-curl php-zip roundcube-core roundcube-plugins';

/** roundcube-core wants one database package; without a word apt would take MySQL's. */
const WITH_ROUNDCUBE = ['roundcube-sqlite3'];

const SCRIPT = `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT INT TERM
fi
if command -v debconf-set-selections > /dev/null; then
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
  echo 'roundcube-core roundcube/dbconfig-install boolean false' | debconf-set-selections
fi
apt-get update -q
apt-get install -y -q --no-install-recommends "$@"
`;

export function missingDebianPackages() {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n'], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  const installed = new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const missing = PACKAGES.split(' ').filter((name) => !installed.has(name));
  return missing.includes('roundcube-core') ? [...missing, ...WITH_ROUNDCUBE] : missing;
}

/** @returns one sentence that says why it did not work, or undefined */
export function installDebianPackages(names) {
  if (!existsSync('/etc/debian_version')) {
    return `These programs are missing, and only Debian is known how to install them on: ${names.join(' ')}`;
  }
  const isRoot = process.getuid?.() === 0;
  const command = ['sh', '-c', SCRIPT, 'sh', ...names];
  if (!isRoot && spawnSync('sudo', ['--version']).status !== 0) {
    return `Debian packages are missing and neither root nor sudo is at hand; as root run: apt-get install ${names.join(' ')}`;
  }
  const [program, ...args] = isRoot ? command : ['sudo', ...command];
  const { status } = spawnSync(program, args, { stdio: ['inherit', 2, 2] });
  return status === 0 ? undefined : 'Debian packages could not be installed, see the words of apt-get above';
}
