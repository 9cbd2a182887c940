// Two faces at once: an engine with its window watches, and a command moves a lever in a process of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../shared/events.ts';
import type { Incident } from '../../../shared/incident.ts';
import type { Run } from '../../../shared/run.ts';
import type { Snapshot } from '../../../shared/snapshot.ts';
import { type Command, type CommandYard, commandYard, untilLine } from '../../support/lever-command.ts';
import { type OpenWindow, openWindow } from '../../support/lever-window.ts';

let place: CommandYard;
let watching: Command;
let window: OpenWindow;
beforeAll(async () => {
  place = await commandYard(['vercel', 'api', 'standby', 'production', 'witnesses']);
  watching = place.start('watch', '--json');
  const { url } = await untilLine(watching, ({ event }) => event === 'engine.started');
  window = await openWindow(String(url));
});
afterAll(async () => {
  window?.close();
  await watching?.stop();
  await place?.close();
});

const ofRun =
  (event: string, fits: (run: Run) => boolean = () => true) =>
  (one: EngineEvent): boolean =>
    one.event === event && 'run' in one && fits(one.run);
const value = async <T>(method: string, input: unknown = {}): Promise<T> => (await window.rpc(method, input)).value as T;

describe('a command beside a window', () => {
  it('shows its run live, step by step, and what became of traffic', async () => {
    await place.yard.switch('api-refuse', true);
    await window.until(({ event }) => event === 'incident.opened');
    // Slow enough that the window sees steps on their way.
    await place.yard.vercel.fail({ kind: 'hang', ms: 300 });
    const ended = await place.command('traffic', 'standby', '--yes', '--json');
    expect(ended.code, ended.stderr).toBe(0);
    await place.yard.vercel.fail(null);
    const run = JSON.parse(ended.stdout) as Run;
    const isIt = ({ id }: Run): boolean => id === run.id;
    await window.until(ofRun('run.started', isIt));
    const finished = await window.until(ofRun('run.finished', isIt));
    expect(finished).toMatchObject({ run: { id: run.id, state: 'succeeded', by: 'command' } });
    const steps = window.events.filter(ofRun('run.step', isIt));
    // Somebody else's run is looked up a few times a second: a quick one on a busy machine may show but one of its steps.
    expect(steps.length).toBeGreaterThan(0);
    await window.until((one) => one.event === 'view.changed' && one.traffic?.target === 'standby');
    expect(await value<Snapshot>('snapshot.get')).toMatchObject({ traffic: { target: 'standby', way: 'promote-twin' } });
    // `watch --json` tells the same to programs.
    await untilLine(watching, (line) => line.event === 'run.finished' && (line.run as Run | undefined)?.id === run.id);
  });

  it('gives the open incident its action lines and the moment from which users were served again', async () => {
    const fits = ({ incident }: { incident: Incident }): boolean =>
      incident.mitigatedAt !== null && incident.timeline.some(({ text }) => /^Traffic moved to the standby/.test(text));
    const event = await window.until((one) => one.event === 'incident.updated' && 'incident' in one && fits(one));
    if (!('incident' in event)) throw new Error('an incident was awaited');
    const texts = event.incident.timeline.map(({ text }) => text);
    expect(texts).toContainEqual(expect.stringMatching(/^Traffic to the standby: started/));
    await place.yard.switch('api-refuse', false);
  });

  it('refuses a second deed of the lever meanwhile, in either face, and lets the window cancel the command', async () => {
    // The promotion hangs behind a rolling release, so the run stays under way until it is cancelled.
    place.yard.vercel.switches.rollingRelease = true;
    const command = place.start('traffic', 'primary', '--yes', '--json');
    const started = await window.until(
      ofRun(
        'run.step',
        ({ title, steps }) =>
          title === 'Traffic to the primary' && steps.some(({ name, state }) => /^Promote/.test(name) && state === 'running'),
      ),
    );
    if (!('run' in started)) throw new Error('a run was awaited');
    const { id } = started.run;
    const second = await place.command('traffic', 'standby', '--yes', '--json');
    expect(second.code).toBe(1);
    expect(second.stdout + second.stderr).toContain('lever-busy');
    const look = await window.rpc('lever.prepare', { request: { action: 'traffic', to: 'standby' } });
    expect(look.text).toContain('lever-busy');
    expect((await window.rpc('lever.cancel', { runId: id })).status).toBe(200);
    // What was asked of Vercel happens all the same, and is taken back.
    await window.until(ofRun('run.step', (run) => run.id === id && run.steps.some(({ state }) => state === 'cancelled')));
    place.yard.vercel.endRollingRelease();
    const ended = await command.ended;
    expect(ended.code, ended.stderr).toBe(130);
    expect(JSON.parse(ended.stdout)).toMatchObject({ id, state: 'cancelled', error: { code: 'cancelled' } });
    const finished = await window.until(ofRun('run.finished', (run) => run.id === id));
    expect(finished).toMatchObject({ run: { state: 'cancelled' } });
    expect(await value<Snapshot>('snapshot.get')).toMatchObject({ traffic: { target: 'standby' } });
    expect(place.yard.vercel.violations).toEqual([]);
  });
});
