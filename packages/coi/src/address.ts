/** Bare mail addresses: the one door to `ContactAddress` (RFC 5321 4.1.2, 4.5.3.1; RFC 6531 for local parts). */
import type { ContactAddress } from './message.ts';

const MAX_ADDRESS_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;

/** No specials, no white space, no controls. Dots may stand anywhere: such addresses exist. */
// oxlint-disable-next-line no-control-regex -- controls are what an address must not have
const LOCAL = /^[^\s"(),:;<>@[\\\]\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;
// oxlint-disable-next-line no-control-regex -- as above
const QUOTED_LOCAL = /^"(?:[^"\\\u0000-\u001f\u007f]|\\[ -~])+"$/;
const ASCII_DOMAIN =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const LITERAL = /^\[(?:ipv6:)?[0-9a-f.:]{2,45}\]$/;

/**
 * Reads what a person typed or a header holds: one bare address, white space around it allowed.
 *
 * Lower-case, domain in ASCII (IDNA), needless quotes removed.
 *
 * @returns undefined when it is no address
 */
export function parseContactAddress(text: string): ContactAddress | undefined {
  const bare = text.trim().toLowerCase();
  const at = bare.lastIndexOf('@');
  if (at < 1 || bare.length > MAX_ADDRESS_LENGTH * 2) return undefined;
  const local = parseLocal(bare.slice(0, at));
  const domain = parseDomain(bare.slice(at + 1));
  if (local === undefined || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  return octetsOf(address) > MAX_ADDRESS_LENGTH ? undefined : (address as ContactAddress);
}

/** The part after the `@`, in ASCII. */
export function domainOf(address: ContactAddress): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function parseLocal(written: string): string | undefined {
  const local = written.normalize('NFC');
  if (LOCAL.test(local)) return octetsOf(local) > MAX_LOCAL_LENGTH ? undefined : local;
  if (!QUOTED_LOCAL.test(local)) return undefined;
  const content = local.slice(1, -1).replace(/\\(.)/g, '$1');
  return LOCAL.test(content) ? content : `"${content.replace(/["\\]/g, '\\$&')}"`;
}

function parseDomain(written: string): string | undefined {
  const domain = written.replace(/\.$/, '');
  if (ASCII_DOMAIN.test(domain) || LITERAL.test(domain)) return domain;
  // oxlint-disable-next-line no-control-regex -- only names beyond ASCII are worth a conversion
  if (/^[\u0000-\u007f]*$/.test(domain) || /[^a-z0-9_.\u0080-\u{10ffff}-]/u.test(domain)) return undefined;
  const ascii = toAsciiDomain(domain);
  return ascii !== undefined && ASCII_DOMAIN.test(ascii) ? ascii : undefined;
}

/** IDNA as URLs have it; the same in browsers and Node. */
function toAsciiDomain(domain: string): string | undefined {
  return URL.parse(`http://${domain}/`)?.hostname;
}

function octetsOf(text: string): number {
  // oxlint-disable-next-line no-control-regex -- ASCII needs no counting
  return /^[\u0000-\u007f]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;
}
