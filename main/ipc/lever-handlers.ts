// The contract's lever methods: looks first, hands out a key for exactly that deed, and starts it when the key comes back.
import type { LeverRequest, Preflight } from '../../shared/lever.ts';
import type { Levers } from '../engine/levers.ts';
import type { Handlers } from './dispatch.ts';

export type LeverDeps = {
  readonly levers: Levers;
  /** One-time keys (SECURITY S-36). Both throw a FaultError: too many, unknown, expired. */
  readonly offers: {
    give(request: LeverRequest, preflight: Preflight): { readonly token: string; readonly expiresAt: string };
    take(token: string): LeverRequest;
  };
  /** Opens the folder of the dumps on this machine. */
  readonly reveal: () => Promise<void>;
};

type LeverMethods = Extract<keyof Handlers, `lever.${string}` | `dump.${string}`>;

/** Looking may ask a sleeping standby and three providers; a person does not wait longer than this. */
const lookLimitMs = 25_000;

export function makeLeverHandlers({ levers, offers, reveal }: LeverDeps): Pick<Handlers, LeverMethods> {
  const ok = { ok: true } as const;
  const how = (force: boolean) => ({ by: 'window', force }) as const;
  return {
    'lever.prepare': async ({ request }) => {
      const preflight = await levers.prepare(request, AbortSignal.timeout(lookLimitMs));
      return { ...preflight, ...offers.give(request, preflight) };
    },
    'lever.start': async ({ token, force }) => {
      const request = offers.take(token);
      const { run } = await levers.start(
        'force' in request ? { ...request, force: request.force || force } : request,
        how(force),
      );
      return { run };
    },
    'lever.cancel': ({ runId }) => {
      levers.cancel(runId);
      return ok;
    },
    'lever.resume': async ({ runId }) => ({ run: (await levers.resume(runId, how(false))).run }),
    'lever.undo': async ({ runId }) => ({ run: (await levers.undo(runId, how(false))).run }),
    'dump.list': async () => [...(await levers.dumps())],
    'dump.delete': async ({ name }) => {
      await levers.deleteDump(name);
      return ok;
    },
    'dump.reveal': async () => {
      await reveal();
      return ok;
    },
  };
}
