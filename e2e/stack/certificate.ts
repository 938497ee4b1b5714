/** A certificate authority and one server certificate for localhost, made on the spot with openssl. */
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VALID_DAYS = '30';
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

async function openssl(...args: readonly (readonly string[])[]): Promise<void> {
  await run('openssl', args.flat());
}

export interface Certificate {
  /** Clients verify servers against this file. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export async function makeCertificate(folder: string): Promise<Certificate> {
  const path = (name: string) => join(folder, name);
  const [caFile, caKey, certFile, keyFile] = [path('ca.pem'), path('ca.key'), path('server.pem'), path('server.key')];
  await writeFile(
    path('server.ext'),
    'subjectAltName=DNS:localhost,DNS:mail.example.test,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n',
  );
  await openssl(
    ['req', '-x509', ...KEY, '-days', VALID_DAYS, '-subj', '/CN=COI test stack CA'],
    ['-addext', 'keyUsage=critical,keyCertSign', '-keyout', caKey, '-out', caFile],
  );
  await openssl(['req', '-new', ...KEY, '-subj', '/CN=localhost', '-keyout', keyFile, '-out', path('server.csr')]);
  await openssl(
    ['x509', '-req', '-in', path('server.csr'), '-CA', caFile, '-CAkey', caKey, '-CAcreateserial'],
    ['-days', VALID_DAYS, '-extfile', path('server.ext'), '-out', certFile],
  );
  await chmod(keyFile, 0o600);
  await chmod(caKey, 0o600);
  return { caFile, certFile, keyFile };
}
