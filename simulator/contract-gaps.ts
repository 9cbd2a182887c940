// Where the published documents are known to be behind the services: each entry names the newer source. Nothing else may be
// let through. All section numbers are of the shared providers/README.

export type ContractName = 'vercel' | 'render' | 'supabase' | 'statuspage';

export type Gaps = {
  /** Paths that the document knows under another version: [as called, as written there]. */
  readonly samePath: readonly (readonly [string, string])[];
  /** `METHOD template` of calls that the document does not have at all: not checked. */
  readonly unwritten: readonly string[];
  /** Query parameters by template as called. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Fields of a request's JSON object by `METHOD template` as written, each with its schema. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** A whole request body that replaces the one in the document, by `METHOD template` as written. */
  readonly bodies: Readonly<Record<string, { readonly [key: string]: unknown }>>;
  /** Schemas that a property of this name may match as well. */
  readonly alsoAnswers: Readonly<Record<string, { readonly [key: string]: unknown }>>;
  /** Statuses that any call may be answered with. */
  readonly statuses: readonly number[];
};

const none: Gaps = { samePath: [], unwritten: [], query: {}, fields: {}, bodies: {}, alsoAnswers: {}, statuses: [] };

// The document writes this body with a doubly escaped key pattern (it would allow backslashes and hyphens only) and without a
// form for `delete`; section 1.2 has the key's real pattern and all four operations.
const configItems = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['operation', 'key'],
        properties: {
          operation: { enum: ['create', 'update', 'upsert', 'delete'] },
          key: { type: 'string', maxLength: 256, pattern: '^[\\w-]+$' },
          description: { type: ['string', 'null'], maxLength: 512 },
        },
        anyOf: [
          { properties: { operation: { const: 'create' } }, required: ['value'] },
          { properties: { operation: { enum: ['update', 'upsert'] } }, required: ['value'] },
          { properties: { operation: { enum: ['update', 'upsert'] } }, required: ['description'] },
          { properties: { operation: { const: 'delete' } } },
        ],
      },
    },
  },
};

export const gaps: Readonly<Record<ContractName, Gaps>> = {
  // The document is of 2025-10-27, the SDK and the CLI of August 2026 (section 0).
  vercel: {
    samePath: [
      ['/v7/deployments', '/v6/deployments'],
      ['/v10/projects/{idOrName}/env/{id}', '/v9/projects/{idOrName}/env/{id}'],
      ['/v9/projects/{projectId}/promote/aliases', '/v1/projects/{projectId}/promote/aliases'],
      // Edge Config's new name (1.2).
      ['/v1/global-config/{edgeConfigId}/items', '/v1/edge-config/{edgeConfigId}/items'],
      ['/v1/global-config/{edgeConfigId}/item/{edgeConfigItemKey}', '/v1/edge-config/{edgeConfigId}/item/{edgeConfigItemKey}'],
    ],
    // Calls n and q of 1.1.
    unwritten: [
      'POST /v1/projects/{projectId}/rollback/{deploymentId}',
      'POST /v9/projects/{projectId}/rollback/{deploymentId}',
      'POST /v1/integrations/deploy/{projectId}/{secret}',
    ],
    // Sent by the CLI (call c).
    query: { '/v10/projects/{idOrName}/env': ['target'] },
    fields: {
      // `vercel deploy --prod --skip-domain` sends it (1.1, staged deployments).
      'POST /v13/deployments': { autoAssignCustomDomains: { type: 'boolean' } },
      // Sent by the CLI (call e).
      'PATCH /v9/projects/{idOrName}/env/{id}': { visibility: { enum: ['config', 'secret'] } },
    },
    bodies: { 'PATCH /v1/edge-config/{edgeConfigId}/items': configItems },
    alsoAnswers: {
      // "aliasAssigned false|true|epoch ms", BLOCKED and 24.x are in the SDK's models (1.1).
      aliasAssigned: { type: 'number' },
      readyState: { const: 'BLOCKED' },
      status: { const: 'BLOCKED' },
    },
    // In the SDK's error tables (1.1, 1.4).
    statuses: [404, 409, 410, 422, 426, 429, 500, 503],
  },
  render: none,
  supabase: { ...none, statuses: [400, 404, 503] },
  statuspage: {
    ...none,
    // Section 6; the document gives `PATCH` its success alone and never the rate limit.
    statuses: [400, 401, 404, 420, 422, 429],
    // Null until there is one, in every published answer.
    alsoAnswers: Object.fromEntries(
      ['monitoring_at', 'resolved_at', 'impact_override', 'group_id', 'affected_components', 'description'].map((name) => [
        name,
        { type: 'null' },
      ]),
    ),
  },
};
