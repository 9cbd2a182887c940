// Every monitor kind there is. A new kind is one file and one line here; settings, forms, the JSON schema and the runner
// follow from this list.
import { z } from 'zod';
import type { MonitorConfig } from '../../shared/monitor.ts';
import { settingsSchema } from '../../shared/settings.ts';
import type { CheckKind } from '../engine/ports.ts';
import { dns } from './dns.ts';
import { http } from './http.ts';
import { postgres } from './postgres.ts';
import { statusPage } from './status-page.ts';
import { tcp } from './tcp.ts';

export const checkKinds: readonly CheckKind[] = [
  http, //
  postgres,
  statusPage,
  tcp,
  dns,
];

/** Schema of one entry of `monitors`: the union of the kinds, told apart by `kind`. */
export function monitorSchemaOf(kinds: readonly CheckKind[]): z.ZodType<MonitorConfig> {
  // Each schema is an object with a literal `kind`; CheckKind cannot say so without losing the settings' type.
  const [first, ...rest] = kinds.map((one) => one.schema as unknown as z.core.$ZodTypeDiscriminable);
  if (!first) throw new TypeError('There is no check kind.');
  return z.discriminatedUnion('kind', [first, ...rest]) as unknown as z.ZodType<MonitorConfig>;
}

export const monitorSchema = monitorSchemaOf(checkKinds);

/** The whole settings file. */
export const settings = settingsSchema(monitorSchema);

/** How to check what `config` describes. Throws for a kind that its schema would have refused. */
export function kindOf(config: MonitorConfig, kinds: readonly CheckKind[] = checkKinds): CheckKind {
  const found = kinds.find((one) => one.kind === config.kind);
  if (!found) throw new TypeError(`There is no check of kind "${config.kind}".`);
  return found;
}
