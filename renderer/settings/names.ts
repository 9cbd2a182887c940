// What the settings are called for people: fields, choices and hints that the schema's own descriptions leave open, and which
// fields come first. Keys that are not named here still show, under their own name.
import type { Schema, Shape } from './schema.ts';
import type { Path } from './values.ts';

const labels: Readonly<Record<string, string>> = {
  id: 'Short name',
  name: 'Name',
  role: 'What it is',
  interval: 'Check every',
  timeout: 'Give up after',
  retryInterval: 'Look again after',
  failureThreshold: 'Failures until down',
  successThreshold: 'Successes until up',
  degradedAbove: 'Slow above',
  coldStart: 'Time to wake up',
  sleepsAfter: 'Falls asleep after',
  enabled: 'Switched on',
  url: 'Address',
  json: 'JSON body',
  form: 'Form body',
  body: 'Text body',
  expect: 'What to expect',
  followRedirects: 'Follow redirects',
  family: 'IP family',
  verifyTls: 'Verify the certificate',
  caFile: 'Extra authority (PEM file)',
  allowLinkLocal: 'Allow link-local addresses',
  connection: 'Connection',
  reachableFrom: 'Must be reachable over',
  components: 'Parts that concern us',
  format: 'Product behind the page',
  record: 'Record',
  equals: 'Must equal',
  resolver: 'Ask this server',
  token: 'Token',
  readToken: 'Token for resolving',
  webhook: 'Webhook address',
  apiUrl: 'API address',
  remindEvery: 'Remind every',
  day: 'Day',
  at: 'Time',
  crashReports: 'Report Signalbox’s own crashes',
  teamId: 'Team',
  project: 'Project',
  services: 'Services',
  ref: 'Project reference',
  pageId: 'Page',
  via: 'By way of',
  globalConfigId: 'Global Config id',
  key: 'Item',
  variable: 'Variable',
  verifyUrl: 'Seen from outside at',
  primary: 'Primary server',
  standby: 'Standby server',
  automation: 'On its own',
  after: 'Only after',
  cooldown: 'Then rest for',
  directory: 'Folder',
  mode: 'What is dumped',
  schemas: 'Schemas',
  tables: 'Tables',
  keep: 'Dumps to keep',
  encryptTo: 'Encrypt for',
  identity: 'Private key',
  scratch: 'Scratch database',
  pgDump: 'Path of pg_dump',
  concurrent: 'Checks at once',
  perHost: 'Checks at once per host',
  gapPerHost: 'Gap per host',
  probes: 'Witnesses',
  status: 'Status',
  text: 'Text',
  from: 'From',
  to: 'Until',
  monitors: 'Monitors',
  reason: 'Reason',
  environment: 'Environment',
  path: 'JSON path',
  exists: 'Must exist',
};

/** Where a key means something else than elsewhere. */
const labelsAt: Readonly<Record<string, string>> = {
  'app.name': 'Name of the product',
  'heartbeat.interval': 'Ping every',
  'expect.json': 'In the JSON answer',
  'expect.text': 'In the text',
  'expect.status': 'Status codes',
  'traffic.via': 'Ways, best first',
};

/** Written for the window; they come before the schema's own, which speak of the file. */
const hints: Readonly<Record<string, string>> = {
  name: 'What people read; the short name when empty.',
  enabled: '',
  verifyTls: 'Off accepts any certificate: for testing only.',
  allowLinkLocal: 'Also reach cloud metadata addresses.',
  interval: 'By itself 30s; 1m for status pages, 1h where the target has to wake up.',
  degradedAbove: 'Answers slower than this, as often in a row, count as degraded.',
  sleepsAfter: 'Without a request; only where there is a time to wake up.',
  coldStart: 'Where it may sleep: how long its first answer may take.',
  connection: 'An address as postgres://user:password@host:5432/database.',
  exists: '',
  token: '',
  webhook: 'An incoming webhook of the channel.',
  readToken: 'With read and write scope: resolves the item at the end.',
  identity: 'The private age key: lets encrypted dumps be verified here.',
  'rollbar.token': 'A project token with post_server_item scope.',
  'app.name': '',
  teamId: 'Only when the project belongs to a team.',
  automation: 'Whether Signalbox may move traffic to the standby by itself.',
  after: 'How long the primary must be down before that.',
  cooldown: 'How long to wait before moving again.',
  tables: 'One a line, as schema.table; all tables when empty.',
  schemas: 'One a line.',
  services: 'One id a line, such as srv-abc123.',
  encryptTo: 'A public age key (age1…); not encrypted when empty.',
  scratch: 'A database that a dump is restored into to prove it; everything in it may be overwritten.',
  pgDump: 'Found by itself when empty.',
  keep: 'Older ones are deleted.',
  directory: 'Where dumps are kept on this machine.',
  project: 'Name or id, as in the address of its dashboard.',
  'traffic.verifyUrl': 'The page, or what it reads its API address from: production is looked at there.',
  'traffic.variable': 'Variable that the build of the front end reads its API address from.',
  'maintenance.monitors': 'Short names, one a line; all monitors when empty.',
  'app.environment': 'Shown beside the name, and sent with alerts.',
};

const choices: Readonly<Record<string, string>> = {
  monday: 'Monday',
  tuesday: 'Tuesday',
  wednesday: 'Wednesday',
  thursday: 'Thursday',
  friday: 'Friday',
  saturday: 'Saturday',
  sunday: 'Sunday',
  'api-primary': 'API, primary',
  'api-standby': 'API, standby',
  database: 'Database',
  frontend: 'Front end',
  provider: 'Provider’s status page',
  other: 'Something else',
  auto: 'Whichever answers',
  any: 'Either family',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  'global-config': 'Vercel Global Config',
  'vercel-env': 'Vercel variable and redeploy',
  'promote-twin': 'Promote the twin deployment',
  statuspage: 'Statuspage',
  'incident-io': 'incident.io',
  instatus: 'Instatus',
  'better-stack': 'Better Stack',
  slack: 'Slack',
  off: 'Never',
  suggest: 'Suggest it',
  automatic: 'Do it',
  'data-only': 'Data',
  full: 'Schema and data',
};

const kinds: Readonly<Record<string, { readonly title: string; readonly about: string }>> = {
  http: { title: 'HTTP', about: 'An address that must answer as expected' },
  postgres: { title: 'Postgres', about: 'A database that must let us log in' },
  'status-page': { title: 'Status page', about: 'What a provider says about itself' },
  tcp: { title: 'TCP port', about: 'A port that must accept a connection' },
  dns: { title: 'DNS', about: 'A name that must resolve' },
};

export function kindWords(kind: string): { readonly title: string; readonly about: string } {
  return kinds[kind] ?? { title: kind, about: '' };
}

/** A path by its last two names, without places in lists: `expect.status`. */
function tail(path: Path): string {
  return path
    .filter((key) => typeof key === 'string')
    .slice(-2)
    .join('.');
}

/** A field's name; of one that nobody has named, its key in words. */
export function labelOf(path: Path): string {
  const key = String(path.at(-1) ?? '');
  const known = labelsAt[tail(path)] ?? (Object.hasOwn(labels, key) ? labels[key] : undefined);
  if (known !== undefined) return known;
  const words = key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function hintOf(path: Path, schema: Schema): string | null {
  const key = String(path.at(-1) ?? '');
  const known = hints[tail(path)] ?? (Object.hasOwn(hints, key) ? hints[key] : undefined) ?? schema.description;
  return typeof known === 'string' && known !== '' ? known : null;
}

const nouns: Readonly<Record<string, string>> = {
  probes: 'witness',
  maintenance: 'maintenance window',
  json: 'part of the answer',
};

/** One item of a list, after "Add a": `witness`. */
export function nounOf(path: Path): string {
  const key = String(path.at(-1) ?? '');
  return Object.hasOwn(nouns, key) ? (nouns[key] ?? 'line') : 'line';
}

export function choiceWords(option: string): string {
  return Object.hasOwn(choices, option) ? (choices[option] ?? option) : option;
}

/** Shown at once; what a group has besides stands under "More". Required keys always come first. */
const common: Readonly<Record<string, readonly string[]>> = {
  'app.': ['name', 'environment'],
  'monitors.http': ['name', 'url', 'role', 'interval', 'coldStart'],
  'monitors.postgres': ['name', 'connection', 'role', 'interval'],
  'monitors.status-page': ['name', 'url', 'role', 'components', 'interval'],
  'monitors.tcp': ['name', 'host', 'port', 'role', 'interval'],
  'monitors.dns': ['name', 'host', 'record', 'equals', 'role', 'interval'],
  'alerts.rollbar': ['token', 'readToken', 'enabled'],
  'alerts.slack': ['webhook', 'enabled'],
  'alerts.desktop': ['enabled'],
  'alerts.digest': ['enabled', 'day', 'at'],
  'providers.vercel': ['token', 'project', 'teamId'],
  'providers.render': ['token', 'services'],
  'banner.': ['via', 'globalConfigId', 'verifyUrl'],
  'traffic.': ['primary', 'standby', 'via', 'verifyUrl', 'automation'],
  'dump.': ['connection', 'directory', 'mode', 'keep', 'encryptTo'],
  'limits.': ['concurrent', 'perHost', 'gapPerHost'],
  'heartbeat.': ['url', 'interval'],
  'expect.': ['status', 'text', 'json'],
  'json.': ['path', 'equals', 'exists'],
  'probes.': ['url', 'status', 'text'],
  'maintenance.': ['from', 'to', 'reason', 'monitors'],
};

export type Order = { readonly first: readonly string[]; readonly more: readonly string[] };

/** A group's keys in the order to show them in. `kind` is a monitor's. */
export function orderOf(path: Path, shape: Extract<Shape, { kind: 'group' }>, kind: string | null): Order {
  const names = path.filter((key) => typeof key === 'string');
  const wanted =
    (kind === null ? undefined : common[`monitors.${kind}`]) ?? common[names.slice(-2).join('.')] ?? common[`${names.at(-1)}.`];
  const keys = Object.keys(shape.properties).filter((key) => shape.properties[key]?.const === undefined);
  const required = shape.required.filter((key) => !wanted?.includes(key));
  // Where nothing is said about order, a small group shows everything.
  const chosen = wanted ?? (keys.length <= 5 ? keys : []);
  const first = [...new Set([...chosen, ...required])].filter((key) => keys.includes(key));
  return { first, more: keys.filter((key) => !first.includes(key)) };
}
