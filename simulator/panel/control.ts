// What the panel shows and does: the yard's switches, its scenarios, and what its stand-ins hold. Knows no HTTP.
import { faults } from '../faults.ts';
import { type Played, switchWords } from '../play.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Story } from '../story.ts';
import type { Finding } from '../verdict.ts';
import type { Yard } from '../yard.ts';
import type { Order } from './server.ts';

export type PanelSource = {
  readonly yard: Yard;
  readonly story: Story;
  readonly windowUrl: string;
  readonly scenarios: readonly Scenario[];
  play(id: string, signal: AbortSignal): Promise<Played>;
};

export type Control = {
  /** Everything on the page, as JSON. */
  state(): object;
  /** Rejects when the yard cannot do it. */
  obey(order: Order): Promise<void>;
  /** Ends a scenario under way. */
  stop(): Promise<void>;
};

type Playing = { readonly id: string; readonly controller: AbortController; readonly over: Promise<void> };

/** Lines of the timeline that the page gets. */
const mostLines = 200;
const mostPosts = 50;

export function makeControl({ yard, story, windowUrl, scenarios, play }: PanelSource): Control {
  let playing: Playing | null = null;
  let last: { readonly id: string; readonly asExpected: boolean; readonly findings: readonly Finding[] } | null = null;
  let problem: string | null = null;
  const at = new Map<object, number>();

  const stop = async (): Promise<void> => {
    const under = playing;
    under?.controller.abort();
    await under?.over;
  };
  const start = (id: string): void => {
    const controller = new AbortController();
    const over = play(id, controller.signal).then(
      ({ asExpected, findings }) => {
        last = { id, asExpected, findings };
      },
      (error: unknown) => {
        if (!controller.signal.aborted) problem = error instanceof Error ? error.message : String(error);
      },
    );
    last = null;
    const mine: Playing = {
      id,
      controller,
      over: over.finally(() => {
        if (playing === mine) playing = null;
      }),
    };
    playing = mine;
  };
  /** A post has no time of its own: when it was first seen. */
  const seen = (post: object): number => {
    if (!at.has(post)) at.set(post, Date.now());
    return at.get(post) ?? 0;
  };
  story.follow(() => yard.slack.posts.forEach(seen));

  return {
    stop,
    state: () => ({
      windowUrl,
      production: yard.production.url,
      app: story.snapshot?.app ?? null,
      signal: { colour: story.snapshot?.signal.colour ?? 'grey', sentence: story.head },
      faults: faults.map(({ id, title, group }) => ({ id, title, group, on: yard.switched.has(id) })),
      scenarios: scenarios.map(({ id, title, about }) => ({ id, title, about })),
      playing: playing?.id ?? null,
      last,
      problem,
      story: story.happenings.slice(-mostLines).map(({ at: when, who, kind, text }) => ({ at: when, who, kind, text })),
      slack: yard.slack.posts
        .slice(-mostPosts)
        .map((post) => ({ at: seen(post), text: post.text ?? '', blocks: post.blocks ?? [] })),
      rollbar: yard.rollbar.items.map(({ id, counter, title, level, status, occurrences, environment }) => ({
        ...{ id, counter, title, level, status, environment, count: occurrences.length },
      })),
    }),
    async obey(order) {
      problem = null;
      if (order.do === 'stop') return await stop();
      if (order.do === 'mend') {
        await stop();
        story.tell('note', 'Somebody mends everything.');
        return await yard.mend();
      }
      if (order.do === 'play') {
        if (!scenarios.some(({ id }) => id === order.id)) throw new RangeError('There is no such scenario.');
        await stop();
        return start(order.id);
      }
      if (!faults.some(({ id }) => id === order.id)) throw new RangeError('There is no such fault.');
      if (yard.switched.has(order.id) === order.on) return;
      story.tell(order.on ? 'fault-on' : 'fault-off', switchWords(order.id, order.on), [order.id]);
      await yard.switch(order.id, order.on);
    },
  };
}
