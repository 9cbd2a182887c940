// Plays a scenario in a yard, step by step, and watches until its story is complete or its time is over.

import { setTimeout as delay } from 'node:timers/promises';
import { steadyNow } from './clock.ts';
import { faults } from './faults.ts';
import type { LeverRequest, Scenario, Step } from './scenarios/scenario.ts';
import type { Happening, Story } from './story.ts';
import { type Finding, judge, type Pace } from './verdict.ts';
import type { Yard } from './yard.ts';

export type Played = {
  readonly scenario: string;
  readonly title: string;
  readonly asExpected: boolean;
  /** Epoch milliseconds of the first step. */
  readonly startedAt: number;
  readonly tookMs: number;
  readonly happenings: readonly Happening[];
  readonly findings: readonly Finding[];
};

export type Stage = {
  readonly yard: Pick<Yard, 'switch' | 'mend' | 'standby' | 'statusPages'>;
  readonly story: Story;
  readonly pace: Pace;
  /** Has Signalbox check a monitor now. */
  check(monitorId: string): Promise<void>;
  /** Has Signalbox pull a lever; a refusal is told in the story. */
  pull(request: LeverRequest): Promise<void>;
};

/** Until production has been seen well once: the standby may first have to wake. */
const settleMs = { usual: 120_000, fast: 45_000 } as const;

/** An outage soon after another reopens that one, and its end is believed later: after one minute, then two. */
const afterAnotherMs = 130_000;

/**
 * Plays it; everything is mended at the end, also when `signal` aborts (it rejects then). Begins when every monitor was
 * checked and the signal is green, and says so in the findings when that never came.
 */
export async function play(scenario: Scenario, stage: Stage, signal: AbortSignal): Promise<Played> {
  const { yard, story, pace } = stage;
  await yard.mend();
  const isWell = await until(story, () => story.snapshot?.signal.colour === 'green', settleMs[pace], signal);
  story.begin();
  const allowanceMs = (story.snapshot?.incidents.length ?? 0) > 0 ? afterAnotherMs : 0;
  const startedAt = steadyNow();
  const findings = (): readonly Finding[] => judge(story.happenings, scenario.expect, { pace, allowanceMs });
  try {
    if (!isWell) return played([{ says: 'production is well before it begins', met: false, problem: story.head, lost: true }]);
    for (const step of scenario.steps) {
      await delay(Math.max(0, startedAt + step.at[pace] - steadyNow()), undefined, { signal });
      await take(step, stage);
    }
    await delay(scenario.quiet[pace], undefined, { signal });
    await until(story, () => findings().every((one) => one.met || one.lost), scenario.patience[pace] + allowanceMs, signal);
    return played(findings());
  } finally {
    await yard.mend();
  }

  function played(all: readonly Finding[]): Played {
    const { id, title } = scenario;
    const asExpected = all.every((one) => one.met);
    const happenings = [...story.happenings];
    return { scenario: id, title, asExpected, startedAt, tookMs: steadyNow() - startedAt, happenings, findings: all };
  }
}

async function take(step: Step, { yard, story, check, pull }: Stage): Promise<void> {
  if ('note' in step) return story.tell('note', step.note);
  if ('check' in step) {
    // A check may take as long as a wake-up; the story goes on meanwhile and sees its result as an event.
    void check(step.check);
    return;
  }
  if ('lever' in step) {
    void pull(step.lever);
    return;
  }
  if ('sleep' in step) return await yard.standby.sleep();
  if ('page' in step) {
    const { component, status, incident } = step.page;
    const page = yard.statusPages.render;
    page.setComponent(component, status);
    page.setIncidents(incident === null ? [] : [{ name: incident, impact: 'minor', components: [component] }]);
    return;
  }
  const { switch: id, on } = step;
  story.tell(on ? 'fault-on' : 'fault-off', switchWords(id, on), [id]);
  await yard.switch(id, on);
}

/** A switch in the timeline's words. */
export function switchWords(id: string, on: boolean): string {
  const title = faults.find((fault) => fault.id === id)?.title ?? id;
  return on ? `Fault on: ${title}` : `Mended: ${title}`;
}

/** Whether it became true in time. Rejects when `signal` aborts. */
function until(story: Story, isTrue: () => boolean, limitMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(limit);
      stop();
      signal.removeEventListener('abort', cancel);
      settle();
    };
    const cancel = (): void => end(() => reject(signal.reason));
    const look = (): void => {
      if (isTrue()) end(() => resolve(true));
    };
    const limit = setTimeout(() => end(() => resolve(isTrue())), limitMs);
    const stop = story.follow(look);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    else look();
  });
}
