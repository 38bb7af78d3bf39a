import { hostname, networkInterfaces } from 'node:os';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * Which Host headers a sandbox bound to `host` serves, so that a name rebound to it by a web page is not among them.
 */
export function hostCheck(host: string, allowed: readonly string[] = []): (header: string | undefined) => boolean {
  const names = new Set(
    [...LOOPBACK, host, ...allowed, ...(EVERYWHERE.includes(host) ? ownNames() : [])].map((name) => name.toLowerCase()),
  );
  return (header) => header !== undefined && names.has(nameOf(header));
}

function ownNames(): string[] {
  return [
    hostname(),
    ...Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  ];
}

/** The name in a Host header: without its port, without the brackets of IPv6. */
function nameOf(header: string): string {
  return header
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
