import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const OWN = new BlockList();
OWN.addSubnet('127.0.0.0', 8, 'ipv4');
OWN.addAddress('::1', 'ipv6');

/** Why a URL on another machine was not called. */
export class ElsewhereError extends Error {
  constructor(host: string) {
    super(`${host} is not this machine: only --allow-remote (in code, allowRemote: true) lets the sandbox call it`);
  }
}

/** Whether an IP address, IPv4 inside IPv6 too, is this machine's loopback. */
export const isLoopback = (address: string): boolean => OWN.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The address in a URL whose host is written as one; undefined for a name. */
export function addressIn(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) ? host : undefined;
}

/** Looks a name up for a connection, and refuses it unless every address it has is loopback. */
export const lookupLoopback: LookupFunction = (name, options, callback) => {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return callback(error ?? new ElsewhereError(name), '');
    if (!addresses.every(({ address }) => isLoopback(address))) return callback(new ElsewhereError(name), '');
    if (options.all) (callback as (error: null, addresses: LookupAddress[]) => void)(null, addresses);
    else callback(null, first.address, first.family);
  });
};
