// Services and deploys of the Render stand-in, and how its API writes them.
import type { Timers } from './clock.ts';

export type RenderRegion = 'frankfurt' | 'oregon' | 'ohio' | 'singapore' | 'virginia';

export type RenderServiceOptions = {
  /** As in `srv-…`. */
  readonly id: string;
  readonly name: string;
  readonly region: RenderRegion;
  readonly plan?: 'free' | 'starter';
  /** Where it answers. */
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
};

type DeployStatus =
  | 'queued'
  | 'build_in_progress'
  | 'update_in_progress'
  | 'live'
  | 'deactivated'
  | 'build_failed'
  | 'update_failed'
  | 'canceled';

export type RenderDeploy = {
  readonly id: string;
  readonly commit: { readonly id: string; readonly message: string };
  readonly trigger: 'api' | 'new_commit' | 'manual';
  readonly createdAt: number;
  status: DeployStatus;
  finishedAt: number | null;
};

export type RenderService = Required<Omit<RenderServiceOptions, 'env'>> & {
  readonly ownerId: string;
  readonly createdAt: number;
  readonly env: Map<string, string>;
  /** Oldest first. */
  readonly deploys: RenderDeploy[];
  suspendedBy: 'admin' | 'billing' | 'user' | null;
};

const dayMs = 86_400_000;

export function newDeploy(now: number, commit = 'simulated'): RenderDeploy {
  const id = `dep-${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
  return {
    id,
    commit: { id: commit, message: 'A change' },
    trigger: 'new_commit',
    createdAt: now,
    status: 'live',
    finishedAt: now,
  };
}

export function newService(options: RenderServiceOptions, ownerId: string, now: number): RenderService {
  const { env = {}, plan = 'starter', ...rest } = options;
  // A service has been running for a while when anybody looks at it.
  const deploys = [newDeploy(now - dayMs)];
  return { ...rest, plan, ownerId, createdAt: now, env: new Map(Object.entries(env)), deploys, suspendedBy: null };
}

type Yard = { readonly clock: Timers; readonly deployMs: number; readonly deploysFail: boolean };

/** A deploy through the API: builds, updates, goes live, and the one before is deactivated; waits while another one runs. */
export function startDeploy(yard: Yard, service: RenderService, commit: string | undefined): RenderDeploy {
  const now = yard.clock.now();
  const head = commit ?? service.deploys.at(-1)?.commit.id;
  const deploy: RenderDeploy = { ...newDeploy(now, head), trigger: 'api', status: 'queued', finishedAt: null };
  const busy = service.deploys.some((one) => one.status === 'build_in_progress' || one.status === 'update_in_progress');
  service.deploys.push(deploy);
  if (!busy) run(yard, service, deploy);
  return deploy;
}

function run(yard: Yard, service: RenderService, deploy: RenderDeploy): void {
  deploy.status = 'build_in_progress';
  yard.clock.after(yard.deployMs, () => {
    if (yard.deploysFail) return end(yard, service, deploy, 'build_failed');
    deploy.status = 'update_in_progress';
    yard.clock.after(yard.deployMs, () => {
      for (const one of service.deploys) if (one.status === 'live') one.status = 'deactivated';
      end(yard, service, deploy, 'live');
    });
  });
}

function end(yard: Yard, service: RenderService, deploy: RenderDeploy, status: DeployStatus): void {
  deploy.status = status;
  deploy.finishedAt = yard.clock.now();
  const next = service.deploys.find((one) => one.status === 'queued');
  if (next) run(yard, service, next);
}

export function deployJson(deploy: RenderDeploy): object {
  const { id, status, trigger, commit, createdAt, finishedAt } = deploy;
  const at = new Date(createdAt).toISOString();
  return {
    id,
    status,
    trigger,
    commit: { ...commit, createdAt: at },
    createdAt: at,
    ...(status === 'queued' ? {} : { startedAt: at }),
    updatedAt: new Date(finishedAt ?? createdAt).toISOString(),
    ...(finishedAt === null ? {} : { finishedAt: new Date(finishedAt).toISOString() }),
  };
}

export function serviceJson(service: RenderService): object {
  const { id, name, ownerId, plan, region, url, suspendedBy } = service;
  const at = new Date(service.createdAt).toISOString();
  return {
    id,
    name,
    ownerId,
    type: 'web_service',
    slug: name,
    suspended: suspendedBy === null ? 'not_suspended' : 'suspended',
    suspenders: suspendedBy === null ? [] : [suspendedBy],
    autoDeploy: 'yes',
    branch: 'main',
    createdAt: at,
    updatedAt: at,
    dashboardUrl: `https://dashboard.render.com/web/${id}`,
    notifyOnFail: 'default',
    rootDir: '',
    serviceDetails: {
      region,
      plan,
      url,
      env: 'python',
      runtime: 'python',
      envSpecificDetails: { buildCommand: 'pip install -r requirements.txt', startCommand: 'uvicorn main:app' },
      healthCheckPath: '/',
      numInstances: 1,
      openPorts: [{ port: 10_000, protocol: 'TCP' }],
      buildPlan: 'starter',
      maintenanceMode: { enabled: false, uri: '' },
    },
  };
}
