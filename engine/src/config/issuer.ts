/** The settings of one issuer and of its mail servers. Files that they name are read by load.ts. */
import {
  domain,
  hostAndPort,
  key,
  list,
  object,
  oneOf,
  optional,
  port,
  Problem,
  type Reader,
  required,
  text,
} from './reader.ts';

export const SERVER_KEYS = {
  host: required(text, 'Host name or address.'),
  port: required(port, 'TCP port.'),
  tls: key(oneOf('tls', 'starttls', 'none'), 'tls', 'TLS from the first byte, STARTTLS, or none (loopback only).'),
  caFile: optional(text, "PEM file of the authorities to trust instead of the system's."),
  servername: optional(text, 'Name that the certificate must carry, where it is not the host.'),
  aliases: key(
    list(hostAndPort),
    [],
    'IMAP only: other names under which the webmail knows this server, such as localhost:143. Tickets may carry them; the engine never connects to them.',
  ),
} as const;

export const ISSUER_KEYS = {
  name: required(text, "Short name. Part of every account's identity, so it should never change."),
  secretFile: optional(text, "File of the ticket secret (base64 of 32 bytes) that the webmail's plugin shares."),
  secret: optional(text, 'The ticket secret itself. Without either, this issuer takes no tickets.'),
  domains: required(list(domain), 'Mail domains that this issuer alone vouches for.'),
  imap: required(object(SERVER_KEYS), 'Where the mailboxes are.'),
  smtp: required(object(SERVER_KEYS), 'Where mail is submitted.'),
  authservId: optional(text, 'authserv-id whose Authentication-Results are believed (RFC 8601).'),
  deliveryKeyFile: optional(
    text,
    'File of the key (base64 of 32 bytes) that delivery events of this mail server must carry.',
  ),
} as const;

const fields = object(ISSUER_KEYS);
export type IssuerSetting = ReturnType<typeof fields>;
export type ServerSetting = IssuerSetting['imap'];

export const issuer: Reader<IssuerSetting> = (value) => {
  const setting = fields(value);
  if (!/^[A-Za-z0-9._-]{1,40}$/.test(setting.name)) {
    throw new Problem('must be a short word of letters, digits, dots and dashes', '.name');
  }
  if (setting.domains.length === 0) throw new Problem('must name at least one domain', '.domains');
  if (setting.secret !== undefined && setting.secretFile !== undefined) {
    throw new Problem('must not be set beside secretFile', '.secret');
  }
  for (const protocol of ['imap', 'smtp'] as const) {
    const { host, tls } = setting[protocol];
    if (tls === 'none' && !isLoopback(host)) {
      throw new Problem('must be tls or starttls, because the server is not on this machine', `.${protocol}.tls`);
    }
  }
  return setting;
};

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
