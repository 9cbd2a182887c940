// What was deployed to the front end's production at Vercel, and which of it users see.
import type { Deploy } from '../../shared/evidence.ts';
import type { Settings } from '../../shared/settings.ts';
import { outsideText, outsideTime } from '../providers/outside-text.ts';
import { makeVercel } from '../providers/vercel.ts';
import type { VercelDeployment } from '../providers/vercel-model.ts';
import { type Asking, accountOf, nowOf, type Source } from './ports.ts';

const states: Readonly<Record<string, Deploy['state']>> = {
  QUEUED: 'queued',
  INITIALIZING: 'queued',
  BUILDING: 'building',
  ERROR: 'failed',
  BLOCKED: 'failed',
  CANCELED: 'cancelled',
};

export function vercelSource(vercel: NonNullable<Settings['providers']['vercel']>, asking: Asking): Source {
  const name = `Vercel’s deployments of ${vercel.project}`;
  const client = makeVercel({ ...vercel, ...accountOf(vercel.token, asking) });
  return {
    name,
    async look(_, tell, signal) {
      const [project, found] = await Promise.all([client.project(signal), client.deployments({ limit: 10 }, signal)]);
      const deploys = found.flatMap((one) => deployOf(one, project.liveDeploymentId, asking.secrets()));
      tell([{ kind: 'deploys', source: name, at: nowOf(asking), provider: 'vercel', service: vercel.project, deploys }]);
    },
  };
}

/** One that is staged has never been seen by users: it explains nothing, and is left out. */
function deployOf(one: VercelDeployment, liveId: string | null, secrets: readonly string[]): Deploy[] {
  const isReady = one.readyState === 'READY';
  const isLive = one.id === liveId;
  if (isReady && !isLive && !one.aliasAssigned) return [];
  const state = isReady ? (isLive ? 'live' : 'replaced') : states[one.readyState];
  const createdAt = outsideTime(one.createdAt);
  if (state === undefined || createdAt === null) return [];
  const message = one.meta.githubCommitMessage ?? one.meta.gitlabCommitMessage ?? one.meta.bitbucketCommitMessage;
  const commit = message === undefined ? null : outsideText(message.split('\n', 1)[0] ?? '', 300, secrets);
  const url = one.url === '' ? null : outsideText(`https://${one.url}`, 500, secrets);
  return [{ id: outsideText(one.id, 100), state, createdAt, finishedAt: null, commit, url }];
}
