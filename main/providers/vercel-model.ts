// Vercel in our words: the parts of its answers that we read (providers/README section 1). Everything else is ignored, and
// states that we do not know yet are kept as text.

/** The project that serves the front end. */
export type VercelProject = {
  readonly id: string;
  readonly name: string;
  /** Null when Vercel did not say. False: new deployments do not go live by themselves. */
  readonly autoAssignCustomDomains: boolean | null;
  /** Id of the deployment that production shows. */
  readonly liveDeploymentId: string | null;
  readonly lastAliasRequest: {
    readonly toDeploymentId: string;
    readonly fromDeploymentId: string | null;
    readonly type: string;
    /** pending, in-progress, succeeded, failed, skipped. */
    readonly jobStatus: string;
    /** Epoch ms. */
    readonly requestedAt: number;
  } | null;
  readonly link: {
    readonly type: string;
    readonly repoId: string | number | null;
    readonly productionBranch: string | null;
  } | null;
  readonly rollingRelease: boolean;
};

/** One row; a key may have several, for different targets, branches or custom environments. */
export type VercelEnvRow = {
  readonly id: string;
  readonly key: string;
  /** Null when it cannot be read (`sensitive`). */
  readonly value: string | null;
  readonly type: string;
  readonly target: readonly string[];
  readonly gitBranch: string | null;
  readonly customEnvironmentIds: readonly string[];
};

export type VercelDeployment = {
  readonly id: string;
  /** Host name without scheme. */
  readonly url: string;
  readonly name: string | null;
  readonly target: string | null;
  /** QUEUED INITIALIZING BUILDING READY ERROR CANCELED BLOCKED. */
  readonly readyState: string;
  /** STAGED ROLLING PROMOTED; null unless READY. */
  readonly readySubstate: string | null;
  /** READY alone is not live: the production alias must be assigned too. */
  readonly aliasAssigned: boolean;
  readonly aliasError: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly gitSource: {
    readonly type: string;
    readonly repoId: string | number | null;
    readonly ref: string | null;
    readonly sha: string | null;
  } | null;
};

export type NewDeployment = {
  readonly name: string;
  readonly meta: Readonly<Record<string, string>>;
  /** False: stays staged (`autoAssignCustomDomains:false`, as `vercel deploy --prod --skip-domain` sends it). */
  readonly goLive: boolean;
  readonly from:
    | { readonly deploymentId: string }
    | {
        readonly git: {
          readonly type: string;
          readonly repoId: string | number;
          readonly ref: string;
          readonly sha: string | null;
        };
      };
};

/** A thin client bound to one project and token. Every call rejects with a ProviderError (providers/call.ts), or with the
 *  signal's reason when that aborts. None of them retries what is not idempotent. */
export type VercelClient = {
  whoami(signal: AbortSignal): Promise<{ readonly name: string }>;
  project(signal: AbortSignal): Promise<VercelProject>;
  /** Production rows and others, values decrypted where Vercel lets us. */
  env(signal: AbortSignal): Promise<readonly VercelEnvRow[]>;
  editEnv(id: string, value: string, signal: AbortSignal): Promise<VercelEnvRow>;
  /** A `plain` row for production. */
  createEnv(key: string, value: string, signal: AbortSignal): Promise<VercelEnvRow>;
  /** Newest first, production target only. */
  deployments(
    options: { readonly state?: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly VercelDeployment[]>;
  deployment(id: string, signal: AbortSignal): Promise<VercelDeployment>;
  create(deployment: NewDeployment, signal: AbortSignal): Promise<VercelDeployment>;
  cancel(id: string, signal: AbortSignal): Promise<void>;
  /** `current`: it is what production shows already (409), which is success. `queued`: behind a rolling release (202). */
  promote(deploymentId: string, signal: AbortSignal): Promise<'accepted' | 'queued' | 'current'>;
  /** The last lines of a build's log, oldest first. */
  buildLog(id: string, lines: number, signal: AbortSignal): Promise<readonly string[]>;
  /** The newest value at the API (not the CDN's copy); undefined when there is no such item. */
  configItem(configId: string, key: string, signal: AbortSignal): Promise<unknown>;
  /** Upserts; `undefined` deletes. */
  writeConfigItem(configId: string, key: string, value: unknown, signal: AbortSignal): Promise<void>;
};
