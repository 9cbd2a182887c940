// Runs the core through its ports: starts checks when they are due, feeds what they saw to `reduce`, stores what changed
// before anyone hears of it, then publishes. Holds no rule of its own.
import type { EngineEvent, EventBody } from '../../shared/events.ts';
import { faultOf } from '../../shared/fault.ts';
import type { Observation } from '../../shared/observation.ts';
import type { Run } from '../../shared/run.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { Alert, Effect, Message, State } from '../core/model.ts';
import { reduce } from '../core/reduce.ts';
import { type AttemptPorts, makeAttempts } from './attempts.ts';
import { makeInvestigation } from './investigation.ts';
import { type LeverPort, makeLeverDesk, withoutLevers } from './lever-desk.ts';
import { byId, type Plan, type Planned, scheduledOf } from './plan.ts';
import type { DeliveryResult, History, Investigate, Wish, Witnesses } from './ports.ts';
import { makePublisher } from './publisher.ts';
import { recall } from './recall.ts';
import { makeRecorder } from './recorder.ts';
import { makeScheduler } from './scheduler.ts';
import { type About, makeViews } from './views.ts';
import { makeWaiters } from './waiters.ts';
import { makeWitnessDesk } from './witness-desk.ts';

export type EnginePorts = AttemptPorts & {
  readonly history: History;
  readonly witnesses: Witnesses;
  /** New deliveries are in the outbox. */
  readonly wakeOutbox: () => void;
  /** An unexpected error, for the log and people; the engine goes on. */
  readonly onTrouble: (sentence: string) => void;
  /** Absent: an engine without levers. */
  readonly levers?: LeverPort;
  /** Absent: outages are diagnosed from the monitors alone. */
  readonly investigate?: Investigate;
};

export type EngineCore = {
  snapshot(): Snapshot;
  subscribe(listener: (event: EngineEvent) => void): () => void;
  /** Begins to watch; `url` is where the window is served, or null. */
  start(url: string | null): void;
  /** New settings were accepted. */
  adopt(plan: Plan, about: About): void;
  trouble(source: 'settings' | 'storage', problem: string | null): void;
  /** Carries out an operator's wish at once. */
  tell(wish: Wish): void;
  checkNow(monitorId: string): Promise<Observation>;
  delivered(result: DeliveryResult): void;
  /** Automation proposes to move traffic, or has done so. */
  leverNews(incidentId: string, text: string): void;
  /** Tells the channels something that belongs to no outage. */
  say(alert: Alert): void;
  /** A run of a lever in this process came to a new state. */
  ran(run: Run): void;
  power(hint: 'suspend' | 'resume' | 'online' | 'offline'): void;
  /** Cancels what is under way, stores everything and says so. */
  stop(): void;
};

export function makeEngine(ports: EnginePorts, firstPlan: Plan, firstAbout: About): EngineCore {
  const { clock, history } = ports;
  let plan = firstPlan;
  let planned = byId(plan);
  let state: State = recall(history, plan.rules, clock.now());
  let started = false;
  const remembered = history.load(clock.now()).lastObservations;
  const levers = ports.levers ?? withoutLevers;
  const views = makeViews({ history, about: firstAbout, plan, last: remembered, levers: levers.view });
  const publisher = makePublisher(views.snapshot(state, clock.now()), (error) => ports.onTrouble(faultOf(error).message));
  const recorder = makeRecorder(history, clock, () => store(true));
  const attempts = makeAttempts(ports);
  const waiters = makeWaiters(clock);
  let version = history.version();

  /** `lead` is published before what follows from the message. */
  const handle = (message: Message, lead: () => EventBody | null = () => null): void => {
    const before = advance(message);
    const first = lead();
    if (first) publish(first, message.at);
    for (const effect of before.effects) {
      const body = views.event(state, effect, message.at);
      if (body) publish(body, message.at);
    }
    const rest = views.rest(before.state, state, publisher.snapshot(), message.at);
    if (rest) publish(rest, message.at);
  };

  /** Reduces, acts and stores; what is said must be stored first. Returns the state before, and the effects. */
  const advance = (message: Message): { readonly state: State; readonly effects: readonly Effect[] } => {
    const before = state;
    const { state: after, effects } = reduce(before, message);
    state = after;
    recorder.changes(before, after, effects);
    for (const effect of effects) act(effect);
    if (before.incidents !== after.incidents) {
      keepWarm();
      if (started) investigation.follow(after.incidents);
    }
    store(recorder.urgent());
    return { state: before, effects };
  };

  const act = (effect: Effect): void => {
    if (effect.type === 'check') scheduler.soon(effect.monitorId, effect.inMs);
    else if (effect.type === 'check-all') scheduler.all(effect.overMs);
    else if (effect.type === 'ask-witnesses') desk.ask(state.monitors.some((monitor) => monitor.awaitingWitness));
    else if (effect.type === 'monitor-changed') {
      scheduler.hold(effect.monitorId, effect.to === 'paused');
      investigation.stirred();
    } else if (effect.type === 'incident-changed' && effect.change === 'opened') lookAtPages();
  };

  /** A full disk must not stop the watching: what waits is kept and tried again, and people are told. */
  const store = (due: boolean): void => {
    if (!due) return;
    try {
      if (recorder.flush() > 0) ports.wakeOutbox();
      if (state.storageProblem) handle({ type: 'trouble', at: clock.now(), with: 'storage', problem: null });
    } catch (error) {
      const problem = faultOf(error).message;
      if (state.storageProblem === problem) return;
      ports.onTrouble(problem);
      handle({ type: 'trouble', at: clock.now(), with: 'storage', problem });
    }
  };

  const publish = (body: EventBody, at: number): void => publisher.publish(body, at);

  /** What the providers say is asked for when an outage opens, not at the pages' own leisure. */
  const lookAtPages = (): void => {
    for (const { rule } of plan.monitors) if (rule.kind === 'status-page') scheduler.soon(rule.id, 0);
  };

  /** A sleeping standby is kept awake while an outage is open, and only then (DESIGN section 5). */
  const keepWarm = (): void => {
    const isOpen = state.incidents.some((incident) => incident.state !== 'resolved');
    for (const { rule } of plan.monitors) {
      if (rule.coldStartMs !== null)
        scheduler.pace(rule.id, isOpen ? Math.min(rule.intervalMs, rule.sleepsAfterMs / 2) : rule.intervalMs);
    }
  };

  const observed = (observation: Observation): void => {
    recorder.observation(observation);
    const isNews = views.remember(observation);
    const at = clock.now();
    handle({ type: 'observed', at, observation }, () => {
      const monitor = views.refresh(state, observation.monitorId, at);
      return monitor ? { event: 'observation.recorded', observation, monitor } : null;
    });
    if (isNews) investigation.stirred();
  };

  const runCheck = async (id: string, queuedMs: number): Promise<void> => {
    const item = planned.get(id);
    if (!item) return;
    const seen = await attempts.run(item, isCold(item), queuedMs);
    if (!seen) return;
    // A process that was frozen hears from its sockets before its timers: find out before believing the result.
    const before = state;
    scheduler.notice();
    if (before !== state || planned.get(id) !== item) return;
    observed(seen);
    waiters.seen(seen);
  };

  const isCold = ({ rule }: Planned): boolean => {
    if (rule.coldStartMs === null) return false;
    const last = state.monitors[plan.monitors.findIndex((item) => item.rule.id === rule.id)]?.lastSuccessAt ?? null;
    return last === null || clock.now() - last >= rule.sleepsAfterMs;
  };

  const scheduler = makeScheduler(
    {
      clock,
      run: runCheck,
      onGap(from, cause) {
        attempts.drop();
        handle({ type: 'gap', at: clock.now(), from, cause });
      },
      onTick() {
        handle({ type: 'tick', at: clock.now() });
        readInbox();
        leverDesk.refresh();
      },
    },
    plan.limits,
  );
  const desk = makeWitnessDesk(ports.witnesses, clock, (verdict) => handle({ type: 'witnessed', at: clock.now(), verdict }));

  const investigation = makeInvestigation({
    ...ports,
    shown: publisher.snapshot,
    found: (incidentId, evidence, diagnosis) => handle({ type: 'found', at: clock.now(), incidentId, evidence, diagnosis }),
  });

  const leverDesk = makeLeverDesk(levers, publisher.snapshot, clock, (body) => publish(body, clock.now()));

  const tell = (wish: Wish): void => handle({ ...wish, at: clock.now() });

  /** What the command line wrote beside us; asked for only when another process wrote at all. */
  const readInbox = (): void => {
    const now = history.version();
    if (now === version) return;
    version = now;
    leverDesk.look();
    for (const { id, wish } of history.wishes()) {
      recorder.wish(id);
      tell(wish);
    }
    store(true);
  };

  const schedule = (): void => scheduler.set(plan.monitors.map(scheduledOf), plan.limits);

  return {
    snapshot: publisher.snapshot,
    subscribe: publisher.subscribe,
    start(url) {
      const at = clock.now();
      const lastSeen = Object.fromEntries(
        Object.entries(remembered).map(([id, observation]) => [id, Date.parse(observation.at)]),
      );
      advance({ type: 'started', at, lastSeen });
      publish({ event: 'engine.started', url, snapshot: views.snapshot(state, at, publisher.snapshot().revision) }, at);
      started = true;
      schedule();
      for (const monitor of state.monitors) if (monitor.status === 'paused') scheduler.hold(monitor.id, true);
      readInboxAtStart();
      scheduler.start();
      investigation.follow(state.incidents);
    },
    adopt(next, about) {
      plan = next;
      planned = byId(plan);
      views.adopt(plan, about);
      handle({ type: 'configured', at: clock.now(), rules: plan.rules });
      publish(views.everything(state, clock.now()), clock.now());
      schedule();
    },
    trouble(source, problem) {
      views.settingsProblem(source === 'settings' ? problem : null);
      handle({ type: 'trouble', at: clock.now(), with: source, problem });
    },
    tell,
    checkNow(id) {
      const seen = waiters.wait(id);
      scheduler.soon(id, 0);
      return seen;
    },
    delivered(result) {
      const at = clock.now();
      views.delivered(result);
      const { key, ...message } = result;
      handle({ ...message, at });
      const channelView = views.channel(state, result.channel);
      if (!channelView) return;
      const common = { channel: result.channel, incidentId: result.incidentId, alert: key, channelView };
      publish(
        result.type === 'delivered'
          ? { event: 'alert.sent', ...common }
          : { event: 'alert.failed', ...common, problem: result.problem },
        at,
      );
    },
    say: (alert) => handle({ type: 'say', at: clock.now(), alert }),
    ran: leverDesk.run,
    leverNews: (incidentId, text) => handle({ type: 'lever-news', at: clock.now(), incidentId, text }),
    power(hint) {
      if (!started) return;
      if (hint === 'suspend') attempts.drop();
      else if (hint === 'resume') scheduler.notice();
      else if (hint === 'online') desk.ask(false);
      else if (plan.rules.guarded) handle({ type: 'witnessed', at: clock.now(), verdict: 'offline' });
    },
    stop() {
      if (!started) return;
      started = false;
      scheduler.stop();
      leverDesk.stop();
      investigation.stop();
      desk.stop();
      attempts.drop();
      store(true);
      recorder.stop();
      publish({ event: 'engine.stopped' }, clock.now());
    },
  };

  /** Wishes may wait from a time when no engine ran. */
  function readInboxAtStart(): void {
    version = -1;
    readInbox();
  }
}
