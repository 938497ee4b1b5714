/** Who is at the other end: the address that limits count, and the scheme that cookies depend on. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { CoiError } from '@coi-webmail/base';

export interface ProxyTrust {
  /** The address of the client as far as trusted proxies tell; `unknown` when there is none. */
  clientIp(request: IncomingMessage): string;
  /** `https` only when a trusted proxy says so: the engine itself speaks plain HTTP. */
  scheme(request: IncomingMessage): 'http' | 'https';
}

/**
 * @param proxies addresses or CIDR ranges
 * @throws CoiError `invalid-config`
 */
export function proxyTrust(proxies: readonly string[]): ProxyTrust {
  const trusted = new BlockList();
  for (const proxy of proxies) addProxy(trusted, proxy);
  const isTrusted = (address: string) => isIP(address) > 0 && trusted.check(address, family(address));
  return {
    clientIp(request) {
      let client = plainAddress(request.socket.remoteAddress ?? '');
      // From the nearest proxy outwards; the first that nobody vouches for is the client.
      const forwarded = headerText(request, 'x-forwarded-for').split(',').toReversed();
      for (const hop of forwarded) {
        const address = plainAddress(hop.trim());
        if (!isTrusted(client) || isIP(address) === 0) break;
        client = address;
      }
      return client === '' ? 'unknown' : client;
    },
    scheme(request) {
      const nearest = plainAddress(request.socket.remoteAddress ?? '');
      const isHttps = headerText(request, 'x-forwarded-proto').trim().toLowerCase() === 'https';
      return isHttps && isTrusted(nearest) ? 'https' : 'http';
    },
  };
}

/** What a limit counts: an IPv4 address, or the /64 of an IPv6 address, which one client may use up at will. */
export function ipGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => '0');
  return [...groups, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}

function addProxy(trusted: BlockList, proxy: string): void {
  const [address = '', bits] = proxy.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  if (isIP(address) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most) {
    throw new CoiError('invalid-config', 'Setting trustedProxies must be addresses or ranges such as 10.0.0.0/8');
  }
  trusted.addSubnet(address, prefix, family(address));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** An IPv4 address that came through an IPv6 socket loses its prefix. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function headerText(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
