// The system's own name lookup, minus the addresses that a check must not contact. A name is judged by what it resolves to,
// at the moment of connecting, so that a changed DNS answer cannot slip past (SECURITY S-35).
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLinkLocal } from '../providers/locality.ts';
import { linkLocalCode } from './failure.ts';

/** The `lookup` option for a socket. */
export function lookupFor(allowLinkLocal: boolean): LookupFunction {
  return allowLinkLocal ? (lookup as LookupFunction) : guarded;
}

const guarded: LookupFunction = (host, options, callback) => {
  lookup(host, options as LookupOptions, (error, found, family) => {
    if (error) return callback(error, []);
    if (typeof found === 'string') {
      return isLinkLocal(found) ? callback(refusal(host), []) : callback(null, found, family);
    }
    const allowed = (found as LookupAddress[]).filter((one) => !isLinkLocal(one.address));
    return allowed.length === 0 && found.length > 0 ? callback(refusal(host), []) : callback(null, allowed);
  });
};

function refusal(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} resolves to a link-local address`), { code: linkLocalCode });
}
