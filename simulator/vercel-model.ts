// What the Vercel stand-in remembers, and the words in which it refuses. No behaviour.
// Field names and states: shared providers/README section 1.1.
import type { Timers } from './clock.ts';
import { json, type Reply } from './http.ts';

export type EnvType = 'plain' | 'encrypted' | 'sensitive' | 'system';
export type Target = 'production' | 'preview' | 'development';

/** One row; a key may have several, for different targets or branches. */
export type EnvRow = {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  readonly type: EnvType;
  readonly target: readonly Target[];
  readonly gitBranch: string | null;
  readonly comment: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type ReadyState = 'QUEUED' | 'INITIALIZING' | 'BUILDING' | 'READY' | 'ERROR' | 'CANCELED';
export type Commit = { readonly sha: string; readonly ref: string };
type LogLine = { readonly at: number; readonly stream: 'stdout' | 'stderr'; readonly text: string };

/** Times are epoch milliseconds. */
export type Deployment = {
  readonly id: string;
  /** Host name without scheme. */
  readonly url: string;
  readonly target: 'production' | null;
  readonly createdAt: number;
  readonly commit: Commit;
  /** What the build is given; settled when the deployment is created. */
  readonly env: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
  readonly source: 'redeploy' | 'git' | 'api-trigger-git-deploy';
  /** False: stays staged whatever the project says. */
  readonly autoAssign: boolean;
  readyState: ReadyState;
  readySubstate: 'STAGED' | 'PROMOTED' | null;
  bootedAt: number | null;
  buildingAt: number | null;
  readyAt: number | null;
  canceledAt: number | null;
  aliasAssigned: false | number;
  aliasError: { readonly code: string; readonly message: string } | null;
  error: { readonly code: string; readonly message: string } | null;
  /** What the build made; null until READY. */
  directory: string | null;
  readonly log: LogLine[];
  readonly abort: AbortController;
};

/** Turns settings into a folder of files to serve. Rejecting makes the deployment fail with the rejection's message. Must settle
 *  soon after `signal` aborts: stopping waits for it. */
export type Build = (
  env: Readonly<Record<string, string>>,
  deployment: Readonly<Deployment>,
  signal: AbortSignal,
) => Promise<{ readonly directory: string }>;

export type AliasRequest = {
  readonly fromDeploymentId: string;
  readonly toDeploymentId: string;
  readonly type: 'promote' | 'rollback';
  readonly requestedAt: number;
  jobStatus: 'pending' | 'in-progress' | 'succeeded' | 'failed' | 'skipped';
};

/** Milliseconds spent in each stage, besides the real build's own time. */
export type VercelTiming = {
  readonly queuedMs: number;
  readonly initializingMs: number;
  /** READY to alias assigned. */
  readonly aliasMs: number;
  /** Each of pending and in-progress of a promotion or rollback. */
  readonly promotionMs: number;
  /** Global Config's write to the CDN's copy. */
  readonly propagationMs: number;
};

/** What can be set while it runs. */
export type VercelSwitches = {
  /** Which variables a redeploy by `deploymentId` builds with: the documentation and public experience disagree (1.1). */
  redeployEnv: 'inherit' | 'fresh';
  /** Promotions are answered 202 and wait while this is true. */
  rollingRelease: boolean;
  /** The next assignments of the production alias fail with this message. */
  aliasFailure: string | null;
  /** Promotions and rollbacks end as `failed`. */
  promotionsFail: boolean;
  /** Builds fail with this message. */
  buildsFail: string | null;
  /** Every token is refused, as after somebody has revoked it. */
  tokenRevoked: boolean;
};

export type ConfigItem = {
  readonly key: string;
  readonly value: unknown;
  readonly description?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

export type Vercel = {
  readonly teamId: string | null;
  readonly projectId: string;
  projectName: string;
  readonly globalConfigId: string;
  readonly repoId: number;
  readonly domain: string;
  readonly hookSecret: string;
  readonly clock: Timers;
  readonly timing: VercelTiming;
  readonly build: Build;
  readonly concurrentBuilds: number;
  readonly switches: VercelSwitches;
  env: readonly EnvRow[];
  /** Oldest first. */
  readonly deployments: Deployment[];
  readonly queue: Deployment[];
  readonly building: Set<Deployment>;
  /** Builds that have not settled. */
  readonly running: Set<Promise<void>>;
  current: Deployment | null;
  autoAssignCustomDomains: boolean;
  /** The flag as it was before an instant rollback; null when none is in force. */
  beforeRollback: boolean | null;
  lastAliasRequest: AliasRequest | null;
  head: Commit;
  lastHookJob: Deployment | null;
  config: ReadonlyMap<string, ConfigItem>;
  cdn: ReadonlyMap<string, ConfigItem>;
  lastInstant: number;
};

/** Now, but never the same millisecond twice: lists are paged by it. */
export function nextInstant(vercel: Vercel): number {
  vercel.lastInstant = Math.max(vercel.clock.now(), vercel.lastInstant + 1);
  return vercel.lastInstant;
}

export function newId(prefix: string): string {
  return `${prefix}${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
}

/** The error body of section 1.4. */
export function refusal(status: number, code: string, message: string): Reply {
  return json(status, { error: { code, message } });
}

export const badRequest = (message: string): Reply => refusal(400, 'bad_request', message);
export const notFound = (what: string, id: string): Reply => refusal(404, 'not_found', `Could not find the ${what}: ${id}`);
