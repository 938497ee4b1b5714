/** Changes of an engine's configuration that benches compare. */
import type { StackInfo } from '../stack/info.ts';

/** All accounts of a bench sign on from one address at once. */
export const MANY_SIGN_ONS = { rateLimits: { failedSignOnsPerIp: 100_000, failedSignOnsPerAccount: 1_000 } } as const;

/** The issuers part of the stack's configuration, with or without TLS to the mail servers. */
export function usesTls(info: StackInfo, tls: boolean): Readonly<Record<string, unknown>> {
  const server = (port: number) => ({
    host: info.host,
    port,
    tls: tls ? 'starttls' : 'none',
    ...(tls ? { caFile: info.caFile, servername: info.servername } : {}),
  });
  return {
    ...MANY_SIGN_ONS,
    issuers: [
      {
        name: info.ticket.issuer,
        secretFile: `${info.runDir}/ticket.secret`,
        domains: [info.domain],
        imap: server(info.ports.imap),
        smtp: server(info.ports.submission),
        authservId: `mail.${info.domain}`,
      },
    ],
  };
}
