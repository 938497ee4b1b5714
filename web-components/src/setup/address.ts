/** Checks an address that a person typed, and says in words what is wrong. The client checks again. */
export type AddressProblem = 'missing' | 'no-at' | 'no-domain' | 'bad' | 'own' | 'twice';

const LOCAL = /^[^\s@<>(),;:\\"[\]]+$/u;
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u;

/** `Bob <bob@Example.org>` and `mailto:bob@example.org` become `bob@example.org`. */
export function tidyAddress(typed: string): string {
  const inside = /<([^<>]*)>\s*$/u.exec(typed)?.[1] ?? typed;
  return inside
    .trim()
    .replace(/^mailto:/iu, '')
    .replace(/[.,;]+$/u, '')
    .toLowerCase();
}

/** @param taken addresses that are already chosen */
export function addressProblem(typed: string, own: string, taken: readonly string[] = []): AddressProblem | undefined {
  const address = tidyAddress(typed);
  if (address === '') return 'missing';
  const at = address.lastIndexOf('@');
  if (at < 0) return 'no-at';
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (!LOCAL.test(local) || address.length > 254) return 'bad';
  if (!DOMAIN.test(domain) && domain !== 'localhost') return /[\s<>@,;]/u.test(domain) ? 'bad' : 'no-domain';
  if (address === own.toLowerCase()) return 'own';
  return taken.includes(address) ? 'twice' : undefined;
}
