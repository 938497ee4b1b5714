/**
 * The Debian packages that the mail stack and the browser tests need, and installing them without starting the
 * services that they bring (a policy-rc.d that forbids it stands only while apt runs).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const PACKAGES =
  'dovecot-core dovecot-imapd dovecot-lmtpd dovecot-sieve postfix nginx-light openssl util-linux chromium firefox-esr ' +
  'cyrus-common libwrap0 libsasl2-modules ' +
  'php-fpm php-cli php-sqlite3 php-intl php-mbstring php-xml php-curl php-zip roundcube-core roundcube-plugins';

/** roundcube-core wants one database package; without a word apt would take MySQL's. */
const WITH_ROUNDCUBE = ['roundcube-sqlite3'];

/**
 * Debian lets only one IMAP server be installed, and that is Dovecot. The programs of this package, which fit one
 * version of cyrus-common, are unpacked here instead.
 */
const BESIDE = 'cyrus-imapd';
const BESIDE_FOLDER = '/usr/local/lib/coi-webmail/cyrus';

const BESIDE_SCRIPT = `
set -e
version=$(dpkg-query -W -f '\${Version}' cyrus-common)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
cd "$scratch"
apt-get download -q -o APT::Sandbox::User=root "$1=$version"
dpkg-deb -x ./*.deb files
mkdir -p "$2"
cp files/usr/lib/cyrus/bin/* "$2"
echo "$version" > "$2/version"
`;

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
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${Version} ${db:Status-Status}\\n'], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  const installed = new Map(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')),
  );
  const missing = PACKAGES.split(' ').filter((name) => !installed.has(name));
  if (missing.includes('roundcube-core')) missing.push(...WITH_ROUNDCUBE);
  const besideFile = `${BESIDE_FOLDER}/version`;
  // The archive keeps one version only: where the programs are missing, what they fit is brought up to date as well.
  const beside = existsSync(besideFile) ? readFileSync(besideFile, 'utf8').trim() : '';
  return beside !== '' && beside === installed.get('cyrus-common')
    ? missing
    : [...new Set([...missing, 'cyrus-common', BESIDE])];
}

/** @returns one sentence that says why it did not work, or undefined */
export function installDebianPackages(names) {
  if (!existsSync('/etc/debian_version')) {
    return `These programs are missing, and only Debian is known how to install them on: ${names.join(' ')}`;
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['--version']).status !== 0) {
    return `Debian packages are missing and neither root nor sudo is at hand; as root run: apt-get install ${names.join(' ')}`;
  }
  const run = (...command) => {
    const [program, ...args] = isRoot ? command : ['sudo', ...command];
    return spawnSync(program, args, { stdio: ['inherit', 2, 2] }).status === 0;
  };
  const packages = names.filter((name) => name !== BESIDE);
  const isGood =
    (packages.length === 0 || run('sh', '-c', SCRIPT, 'sh', ...packages)) &&
    (!names.includes(BESIDE) || run('sh', '-c', BESIDE_SCRIPT, 'sh', BESIDE, BESIDE_FOLDER));
  return isGood ? undefined : 'Debian packages could not be installed, see the words of apt-get above';
}
