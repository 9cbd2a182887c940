// What the address of a server or of a front end suggests, each part with the sentence that explains it (providers/README
// sections 1.1 and 3 say how Vercel and Render name their things). Pure.
import type { Role } from '../../shared/monitor.ts';
import type { WebAddress } from './suggest-address.ts';
import { monitor, providerPage, shown } from './suggest-pages.ts';
import type { Found, Part } from './suggest-part.ts';
import type { Present } from './suggest-present.ts';

/** Any web address: an API server, the second one the standby of the first. */
export function apiParts(address: WebAddress, present: Present): Found {
  return {
    title: `An API server at ${shown(address.url.host)}`,
    parts: [apiMonitor(address, roleOf(address.url, present), false)],
  };
}

/** A server that is watched already has its role; of the others the first is the primary, the second its standby. */
function roleOf({ host }: URL, { hostsOf }: Present): Role {
  const known = (['api-primary', 'api-standby'] as const).find((role) => hostsOf(role).has(host));
  if (known) return known;
  if (hostsOf('api-primary').size === 0) return 'api-primary';
  return hostsOf('api-standby').size === 0 ? 'api-standby' : 'other';
}

function apiMonitor({ url, hadCredential }: WebAddress, role: Role, mayBeFree: boolean): Part {
  const left = hadCredential ? ' The credential in the address is left out: send it in a header, as ${secret:name}.' : '';
  const base = { name: `API (${shown(url.hostname)})`, kind: 'http', role, url: url.href };
  if (role === 'api-standby') {
    const sleeps = mayBeFree ? { interval: '1h', coldStart: '90s' } : {};
    const why = mayBeFree
      ? 'A second server is the standby. Asked once an hour, with 90 s to wake up: a free plan sleeps.'
      : 'A primary is watched already, so this is its standby.';
    return monitor({ id: 'standby', ...base, ...sleeps }, why + left);
  }
  const why =
    role === 'other'
      ? 'Primary and standby are watched already; choose what this server is for.'
      : 'Asked every 30 seconds; two failures in a row are an outage.';
  return monitor({ id: 'api', ...base }, why + left);
}

/** `https://x.onrender.com`, or a service's place in the dashboard. */
export function renderParts(address: WebAddress, present: Present): Found | null {
  const { hostname, pathname } = address.url;
  const region = 'Its address does not tell the region: name your region’s parts, such as “Frankfurt / Web Services”.';
  const page = providerPage('render', [], `Explains an outage at Render. ${region}`);
  const service = /\/(srv-[a-z0-9]{4,40})(?:\/|$)/.exec(pathname)?.[1] ?? null;
  if (hostname === 'dashboard.render.com') {
    if (service === null) return null;
    return { title: `The service ${service} on Render`, parts: [renderProvider(service, present), page] };
  }
  const role = roleOf(address.url, present);
  const title = `${role === 'api-standby' ? 'A standby' : 'An API'} on Render: ${shown(hostname)}`;
  return { title, parts: [apiMonitor(address, role, true), page, renderProvider(null, present)] };
}

function renderProvider(service: string | null, { renderServices }: Present): Part {
  if (service !== null && renderServices !== null && !renderServices.includes(service) && renderServices.length < 50) {
    const why = 'One service more whose log and deploys Signalbox may read.';
    return { path: 'providers.render.services', value: [...renderServices, service], why };
  }
  const add = service === null ? ' Add the service’s id (srv-…) from its address in the dashboard.' : '';
  return {
    path: 'providers.render',
    value: { token: '${secret:render-token}', services: service === null ? [] : [service] },
    why: `Lets Signalbox read the server’s log and deploys when it fails. Needs an API key.${add}`,
  };
}

const vercelProject = (name: string, more: string): Part => ({
  path: 'providers.vercel',
  value: { token: '${secret:vercel-token}', project: name },
  why: `The Banner and Traffic levers work through it. Needs a token, best one for this project alone. ${more}`,
});

/** First parts of Vercel's own addresses that are no team. */
const notTeams =
  /^(?:account|blog|changelog|customers|dashboard|docs|domains|guides|help|integrations|login|new|pricing|signup|support|templates)$/;

/** `*.vercel.app`, or a project's place in the dashboard. */
export function frontendParts({ url }: WebAddress): Found | null {
  const page = providerPage('vercel', [], 'Explains trouble of the front end.');
  if (url.hostname === 'vercel.com') {
    const [, team = '', name] = /^\/([\w-]{1,100})\/([\w.-]{1,100})(?:\/|$)/.exec(url.pathname) ?? [];
    if (name === undefined || notTeams.test(team)) return null;
    const part = vercelProject(name, 'If a team owns it, add the team’s id (team_…) as teamId.');
    return { title: `The project ${shown(name)} on Vercel`, parts: [part, page] };
  }
  const own = url.hostname.replace(/\.vercel\.app$/, '');
  const project = projectOf(own);
  const part = vercelProject(project.slice(0, 100), 'The project’s name is guessed from the address: compare it.');
  if (project !== own) return { title: `A preview of ${shown(project)} on Vercel`, parts: [page, part] };
  const web = { id: 'web', name: `Front end (${shown(url.hostname)})`, kind: 'http', role: 'frontend', url: url.href };
  const title = `A front end on Vercel: ${shown(url.hostname)}`;
  return { title, parts: [monitor(web, 'Whether users get the page at all.'), page, part] };
}

/** Previews are named `<project>-git-<branch>-<team>` and `<project>-<nine letters and digits>-<team>`; users see neither. */
function projectOf(name: string): string {
  return name.replace(/-git-.+-.+$|-(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{9}-.+$/, '');
}
