// How long a lever takes from the command to the proof from outside.
import { startYard, type Yard } from '../../simulator/yard.ts';
import { type Workplace, workplace } from '../support/watching.ts';
import type { Bench } from './bench.ts';
import { ensureBuilt } from './engine.ts';
import { rowOf } from './figures.ts';

/** Promotion: "3 s", measured by others; Global Config: "up to a few seconds" (providers/README sections 1.2 and 1.3). */
const asReported = { promotionMs: 1_500, propagationMs: 3_000, aliasMs: 500, queuedMs: 500, initializingMs: 500 } as const;
const repetitions = { quick: 1, normal: 5, full: 10 } as const;

export const levers: Bench = {
  name: 'levers',
  title: 'Levers',
  how: `The real command line against the rehearsal yard, whose Vercel takes the times that others have measured of the real one: 3 s
from a promotion to its end, 3 s until a value in Global Config is at the CDN. "To the proof" runs from the run's first moment to the
end of the run, when production was seen to serve what was asked; "command" is the whole process with Node's start and the look before.
The standby is awake: a cold start is the standby's time, not ours. Builds are those of a page of three files; real ones take minutes.`,
  async run(effort, say) {
    await ensureBuilt('cli');
    const yard = await startYard({
      ...{ fast: true, parts: ['api', 'standby', 'production', 'vercel'], idleMs: 3_600_000, vercelTiming: asReported },
    });
    const place = await workplace(yard.settings());
    try {
      const pulled = async (via: readonly string[]): Promise<readonly Pulled[]> => {
        await place.write({ ...yard.settings(), traffic: trafficOf(yard, via) });
        const all: Pulled[] = [];
        for (let done = 0; done < repetitions[effort]; done += 1) {
          say(`traffic by ${via.join(', ')}: ${done + 1} of ${repetitions[effort]}`);
          all.push(
            await pull(place, yard, ['traffic', 'standby', '--yes']),
            await pull(place, yard, ['traffic', 'primary', '--yes']),
          );
        }
        return all;
      };
      const twin = await pulled(['promote-twin']);
      const build = await pulled(['vercel-env']);
      const config = await pulled(['global-config']);
      const banner: Pulled[] = [];
      for (let done = 0; done < repetitions[effort]; done += 1) {
        say(`banner: ${done + 1} of ${repetitions[effort]}`);
        banner.push(await pull(place, yard, ['banner', 'on', `Rehearsal ${done}`]), await pull(place, yard, ['banner', 'off']));
      }
      return [
        rowOf('Traffic by the twin: to the proof', proofs(twin), 's', 'max', 10),
        rowOf('Traffic by the twin: command', commands(twin), 's', 'max'),
        rowOf('Traffic by a run-time value: to the proof', proofs(config), 's', 'max', 5),
        rowOf('Traffic by a new deployment: to the proof', proofs(build), 's', 'max'),
        rowOf('Banner by Global Config, on and off: to the proof', proofs(banner), 's', 'max', 5),
        rowOf('Banner by Global Config, on and off: command', commands(banner), 's', 'max'),
      ];
    } finally {
      await place.close();
      await yard.stop();
    }
  },
};

type Pulled = { readonly proofMs: number; readonly commandMs: number };

const proofs = (all: readonly Pulled[]): readonly number[] => all.map(({ proofMs }) => proofMs / 1_000);
const commands = (all: readonly Pulled[]): readonly number[] => all.map(({ commandMs }) => commandMs / 1_000);

async function pull(place: Workplace, yard: Yard, args: readonly string[]): Promise<Pulled> {
  const began = performance.now();
  const { code, stdout, stderr } = await place.run(['--json', ...args], yard.secrets());
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  const run = JSON.parse(stdout) as {
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly result: { verified: boolean };
  };
  if (!run.result.verified) throw new Error(`${args.join(' ')} was not seen from outside`);
  return { proofMs: Date.parse(run.finishedAt) - Date.parse(run.startedAt), commandMs: performance.now() - began };
}

function trafficOf(yard: Yard, via: readonly string[]): object {
  const { traffic } = yard.settings() as { readonly traffic: object };
  return { ...traffic, via };
}
