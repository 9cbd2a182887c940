// Items of Vercel's Global Config, which was Edge Config until 2026: the same calls under two names (providers/README section 1.2).
import { type Caller, ProviderError, path } from './call.ts';
import { configItems } from './vercel-answers.ts';

const names = ['global-config', 'edge-config'] as const;
type Name = (typeof names)[number];
type Items = ReadonlyMap<string, unknown>;

export type VercelConfig = {
  item(configId: string, key: string, signal: AbortSignal): Promise<unknown>;
  write(configId: string, key: string, value: unknown, signal: AbortSignal): Promise<void>;
};

/** `query` is the team's scope. The name that the API knows is found out by reading, once. */
export function makeVercelConfig(call: Caller, query: Readonly<Record<string, string | null>>): VercelConfig {
  let known: Name | null = null;

  async function read(name: Name, configId: string, signal: AbortSignal): Promise<Items> {
    const { value } = await call(
      { method: 'GET', path: path('v1', name, configId, 'items'), query, answer: configItems },
      signal,
    );
    known = name;
    return new Map(value.map((item) => [item.key, item.value]));
  }

  // The whole list, because a 404 for one item looks just like one for a path that does not exist.
  async function items(configId: string, signal: AbortSignal): Promise<Items> {
    if (known !== null) return read(known, configId, signal);
    const [today, former] = names;
    try {
      return await read(today, configId, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return read(former, configId, signal).catch((second: unknown) => {
        // Neither name has it: then it is the id that is wrong, whichever of the two answered.
        throw isNotFound(second) ? error : second;
      });
    }
  }

  return {
    async item(configId, key, signal) {
      return (await items(configId, signal)).get(key);
    },
    async write(configId, key, value, signal) {
      const before = known === null || value === undefined ? await items(configId, signal) : null;
      // Deleting what is not there is refused with the 404 of everything else.
      if (value === undefined && !before?.has(key)) return;
      const change = value === undefined ? { operation: 'delete', key } : { operation: 'upsert', key, value };
      const name = known ?? names[0];
      await call(
        { method: 'PATCH', path: path('v1', name, configId, 'items'), query, json: { items: [change] }, answer: null },
        signal,
      );
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'provider-not-found';
}
