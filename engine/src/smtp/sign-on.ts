/** How a session is opened: verified TLS, and who signs on by which method. */
import SMTPConnection, { type SMTPConnectionAuth, type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { Credentials, MailServer } from '../account/service.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export function connectionOptions(
  server: MailServer,
  credentials: Credentials,
  replyTimeoutMs: number,
): SMTPConnectionOptions {
  return {
    host: server.host,
    port: server.port,
    secure: server.tls === 'tls',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    ...(server.servername === undefined ? {} : { servername: server.servername }),
    tls: { minVersion: 'TLSv1.2', ...(server.ca === undefined ? {} : { ca: server.ca }) },
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: replyTimeoutMs,
    socketCloseTimeout: 1_000,
    maxResponseSize: 65_536,
    // What RFC 5321 4.1.3 wants of a client without a name of its own; the machine's is nobody's business.
    name: '[127.0.0.1]',
    allowInternalNetworkInterfaces: true,
    logger: false,
    customAuth: bearerHandlers(credentials),
  };
}

/** XOAUTH2 (Google's) and OAUTHBEARER (RFC 7628); a 334 carries the reason of a refusal and wants an empty answer. */
function bearerHandlers(credentials: Credentials): NonNullable<SMTPConnectionOptions['customAuth']> {
  const { login, secret } = credentials;
  const initial = {
    XOAUTH2: `user=${login}\x01auth=Bearer ${secret}\x01\x01`,
    OAUTHBEARER: `n,a=${login.replaceAll('=', '=3D').replaceAll(',', '=2C')},\x01auth=Bearer ${secret}\x01\x01`,
  };
  const handler = (mechanism: keyof typeof initial): NonNullable<SMTPConnectionOptions['customAuth']>[string] => {
    return async (context) => {
      const first = await context.sendCommand(
        `AUTH ${mechanism} ${Buffer.from(initial[mechanism]).toString('base64')}`,
      );
      const last = first.status === 334 ? await context.sendCommand(mechanism === 'XOAUTH2' ? '' : 'AQ==') : first;
      if (last.status !== 235) throw new Error('Token refused');
    };
  };
  return credentials.auth === 'password' ? {} : { XOAUTH2: handler('XOAUTH2'), OAUTHBEARER: handler('OAUTHBEARER') };
}

/** Only looked at for being there: our own handlers do the sign-on. */
const TOKEN_BY_HANDLER = {} as NonNullable<SMTPConnectionAuth['oauth2']>;

/** Connects and signs on. @throws what the library throws; the caller closes the connection then */
export async function openConnection(connection: SMTPConnection, credentials: Credentials): Promise<void> {
  await settled((done) => {
    connection.once('error', done);
    connection.connect(done);
  });
  if (credentials.auth !== 'password' || connection.allowsAuth) await signOn(connection, credentials);
}

async function signOn(connection: SMTPConnection, credentials: Credentials): Promise<void> {
  const { login: user, secret: pass, auth: kind } = credentials;
  // Without `oauth2` nodemailer replaces XOAUTH2 by the first method offered, and would send the token as password.
  const auth: SMTPConnectionAuth =
    kind === 'password' ? { user, pass } : { user, pass, method: kind.toUpperCase(), oauth2: TOKEN_BY_HANDLER };
  await settled((done) => {
    connection.once('error', done);
    connection.login(auth, done);
  });
}

function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
