/** Checks a password by signing on, and leaves. */
import type { VerifyLogin } from '../account/service.ts';
import { connectImap } from './connect.ts';

export const verifyLogin: VerifyLogin = async (issuer, credentials, clientIp) => {
  const client = await connectImap(issuer.imap, credentials, { idle: false, clientIp });
  await client.logout().catch(() => client.close());
};
