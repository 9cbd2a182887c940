// Evidence in lines that a person reads: short, each with where it is from and when it was seen.
import type { Deploy, Evidence, EvidenceLine, EvidenceOf } from '../../../shared/evidence.ts';
import { plainText } from '../../../shared/redact.ts';

const longest = 500;
const mostLines = 40;

/** The lines of one piece of evidence; at least one. */
export function sayEvidence(evidence: Evidence): EvidenceLine[] {
  return textsOf(evidence)
    .slice(0, mostLines)
    .map(({ text, at }) => ({
      source: plainText(evidence.source, 200),
      text: plainText(text, longest),
      at: at ?? evidence.at,
    }));
}

type Said = { readonly text: string; readonly at?: string | null };

function textsOf(evidence: Evidence): readonly Said[] {
  switch (evidence.kind) {
    case 'provider-page':
      return sayPage(evidence);
    case 'log':
      if (evidence.lines.length === 0) return [{ text: 'No error lines around the start.' }];
      return evidence.lines.map(({ text, at }) => ({ text, at }));
    case 'deploys':
      if (evidence.deploys.length === 0) return [{ text: `${evidence.service}: no deploy lately.` }];
      return evidence.deploys.map((deploy) => ({
        text: sayDeploy(evidence.service, deploy),
        at: deploy.finishedAt ?? deploy.createdAt,
      }));
    case 'errors':
      if (evidence.errors.length === 0) return [{ text: 'No active errors.' }];
      return evidence.errors.map(({ title, total, level, lastAt }) => ({
        text: `${title} (${level}, seen ${total} ${total === 1 ? 'time' : 'times'})`,
        at: lastAt,
      }));
    case 'project':
      return [{ text: sayProject(evidence) }];
    case 'dns':
      return [{ text: sayDns(evidence) }];
    case 'connection':
      return [{ text: `${evidence.user} at ${evidence.host}:${evidence.port}, database ${evidence.database ?? '(none named)'}` }];
    case 'missing':
      return [{ text: `Could not be found out: ${evidence.why}` }];
  }
}

function sayPage({ provider, report }: EvidenceOf<'provider-page'>): readonly Said[] {
  const open = openIncidents(report);
  const bad = report.components.filter(({ status }) => !/^(operational|none|up)$/i.test(status));
  if (open.length === 0 && bad.length === 0) return [{ text: `${provider} reports no trouble.` }];
  return [
    ...open.map(({ name, impact, status, lastUpdate, url, concernsUs }) => ({
      text: `${concernsUs ? '' : 'Not about us: '}“${name}” (${impact}, ${status})${lastUpdate ? ` - ${lastUpdate}` : ''}${url ? ` ${url}` : ''}`,
    })),
    ...bad.map(({ name, status }) => ({ text: `${name}: ${status.replaceAll('_', ' ')}` })),
  ];
}

/** What the page has not called over. */
export function openIncidents({
  incidents,
}: EvidenceOf<'provider-page'>['report']): EvidenceOf<'provider-page'>['report']['incidents'] {
  return incidents.filter(({ status }) => !/^(resolved|completed|postmortem|cancelled)$/i.test(status));
}

const deployWords: Readonly<Record<Deploy['state'], string>> = {
  ...{ queued: 'waits to be built', building: 'is being built', live: 'went live', failed: 'failed' },
  ...{ cancelled: 'was cancelled', replaced: 'was replaced by a later one' },
};

/** `nine-panels-api: “Use the pooler” went live.` */
export function sayDeploy(service: string, { id, commit, state }: Deploy): string {
  return `${service}: the deploy ${commit ? `“${commit}”` : id} ${deployWords[state]}.`;
}

function sayProject({ status, services }: EvidenceOf<'project'>): string {
  const sick = services.filter(({ healthy }) => !healthy);
  const state = status.toLowerCase().replaceAll('_', ' ');
  if (sick.length === 0) return `The project is ${state}; all of its services are healthy.`;
  return `The project is ${state}; not healthy: ${sick.map(({ name, error }) => `${name}${error ? ` (${error})` : ''}`).join(', ')}.`;
}

function sayDns({ host, now, before, error }: EvidenceOf<'dns'>): string {
  const was = before ? `; at ${before.at.slice(11, 16)} UTC it had ${inWords(before)}` : '';
  if (error !== null) return `${host} does not resolve: ${error}${was}.`;
  return `${host} has ${inWords(now)}${was}.`;
}

function inWords({ a, aaaa }: { readonly a: readonly string[] | null; readonly aaaa: readonly string[] | null }): string {
  if (a === null && aaaa === null) return 'addresses that could not be asked for';
  if ((a ?? []).length === 0 && (aaaa ?? []).length === 0) return 'no address';
  if ((a ?? []).length === 0) return `only IPv6 addresses (${aaaa?.join(', ')})`;
  if ((aaaa ?? []).length === 0) return `only IPv4 addresses (${a?.join(', ')})`;
  return `IPv4 and IPv6 addresses (${[...(a ?? []), ...(aaaa ?? [])].join(', ')})`;
}
