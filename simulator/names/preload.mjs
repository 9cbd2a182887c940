// Gives one process the yard's hosts file in place of the system's name lookup: `node --import <this file>`. No name that is
// asked for here leaves the machine. Plain JavaScript, because the launcher's first Node may be too old for TypeScript.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isIP } from 'node:net';

const file = process.env.SIGNALBOX_YARD_HOSTS;
const system = { lookup: dns.lookup, promise: dns.promises.lookup };

/** Read for every look-up, so that a name can be lost and come back. */
function addressesOf(host, family) {
  const text = readFileSync(file, 'utf8');
  // What getaddrinfo says on a machine without a network.
  if (text.startsWith('# offline')) throw failure(host, 'EAI_AGAIN');
  const name = host.toLowerCase().replace(/\.$/, '');
  const found = text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.trim().split(/\s+/);
    return names.includes(name) ? [{ address, family: isIP(address) }] : [];
  });
  const fitting = found.filter((one) => family === 0 || one.family === family);
  if (fitting.length === 0) throw failure(host, 'ENOTFOUND');
  return fitting;
}

function failure(hostname, code) {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, syscall: 'getaddrinfo', hostname });
}

const isOurs = (host) => typeof host === 'string' && host !== '' && host !== 'localhost' && isIP(host) === 0;
const familyOf = (options) => {
  const family = typeof options === 'number' ? options : options?.family;
  return family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
};

function lookup(host, options, callback = options) {
  const chosen = typeof options === 'function' ? {} : options;
  if (!isOurs(host)) return system.lookup(host, chosen, callback);
  process.nextTick(() => {
    let found;
    try {
      found = addressesOf(host, familyOf(chosen));
    } catch (error) {
      callback(error);
      return;
    }
    if (chosen?.all) callback(null, found);
    else callback(null, found[0].address, found[0].family);
  });
}

async function promisedLookup(host, options = {}) {
  if (!isOurs(host)) return system.promise(host, options);
  const found = addressesOf(host, familyOf(options));
  return options.all ? found : found[0];
}

if (file) {
  dns.lookup = lookup;
  dns.promises.lookup = promisedLookup;
  syncBuiltinESMExports();
}
