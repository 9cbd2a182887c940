// Levers that do nothing but remember what they were asked, for tests of the pipe.
import type { HowToRun, Levers } from '../../../main/engine/levers.ts';
import type { LeverDeps } from '../../../main/ipc/lever-handlers.ts';
import { type LeverRequest, noLevers, type Preflight } from '../../../shared/lever.ts';
import type { Run } from '../../../shared/run.ts';
import { at } from './samples.ts';

export const sampleRun: Run = { id: 'run-1', action: 'banner', state: 'running', startedAt: at, finishedAt: null, steps: [] };

export const samplePreflight: Preflight = {
  title: 'Banner on',
  changes: ['Vercel: banner is written.'],
  findings: [{ level: 'good', text: 'Vercel answers.' }],
  refusal: null,
  forceable: false,
  asks: false,
};

export type Asked = {
  readonly started: { readonly request: LeverRequest; readonly how: HowToRun }[];
  readonly cancelled: string[];
  readonly deleted: string[];
};

export function sampleLeverDeps(): { readonly deps: LeverDeps; readonly asked: Asked } {
  const asked: Asked = { started: [], cancelled: [], deleted: [] };
  const started = { run: sampleRun, finished: Promise.resolve({ ...sampleRun, state: 'succeeded' as const }) };
  const levers: Levers = {
    prepare: async () => samplePreflight,
    async start(request, how) {
      asked.started.push({ request, how });
      return started;
    },
    resume: async () => started,
    undo: async () => started,
    cancel: (id) => void asked.cancelled.push(id),
    findInterrupted: () => [],
    dumps: async () => [],
    deleteDump: async (name) => void asked.deleted.push(name),
    view: () => ({
      traffic: { target: 'unknown', verifiedAt: null, way: null },
      banner: { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null },
      levers: noLevers,
    }),
    stop: async () => undefined,
  };
  const given = new Map<string, LeverRequest>();
  const deps: LeverDeps = {
    levers,
    offers: {
      give(request) {
        const token = `token-${given.size + 1}`;
        given.set(token, request);
        return { token, expiresAt: at };
      },
      take(token) {
        const request = given.get(token);
        if (!request) throw new Error(`no offer ${token}`);
        given.delete(token);
        return request;
      },
    },
    reveal: async () => undefined,
  };
  return { deps, asked };
}
