// The values that the core decides over: rules (from settings), judged state, messages in, effects out.
// Times are epoch milliseconds, durations milliseconds. Everything is plain data: it survives JSON.
import type { Evidence } from '../../shared/evidence.ts';
import type { Diagnosis, TimelineEntry } from '../../shared/incident.ts';
import type { Role, Status } from '../../shared/monitor.ts';
import type { Observation } from '../../shared/observation.ts';
import type { ChannelName, Colour, ConnectivityView } from '../../shared/snapshot.ts';

/** A monitor's settings as the core needs them. */
export type MonitorRule = {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly role: Role;
  readonly intervalMs: number;
  readonly retryIntervalMs: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
  readonly degradedAboveMs: number | null;
  readonly coldStartMs: number | null;
  readonly sleepsAfterMs: number;
  /** Loopback or private: its failures are judged without witnesses. */
  readonly local: boolean;
};

export type Known = 'up' | 'degraded' | 'down';

export type MonitorState = {
  readonly id: string;
  readonly status: Status;
  /** When the present status began; for `down` the first failed check. */
  readonly since: number;
  readonly known: Known | null;
  readonly failures: number;
  readonly successes: number;
  readonly slow: number;
  readonly firstFailureAt: number | null;
  /** While down: when the present run of good checks began. */
  readonly firstSuccessAt: number | null;
  /** The failure threshold is met and the verdict waits for the witnesses. */
  readonly awaitingWitness: boolean;
  readonly lastAt: number | null;
  readonly lastSuccessAt: number | null;
  readonly lastError: string | null;
  /** Watched time that is not yet closed; see uptime.ts. */
  readonly span: { readonly kind: 'up' | 'down'; readonly from: number } | null;
  /** Epoch ms; `null` when not paused. */
  readonly pausedUntil: number | null;
};

export type IncidentState = {
  readonly id: string;
  readonly state: 'open' | 'recovering' | 'resolved';
  readonly title: string;
  readonly openedAt: number;
  readonly detectedAt: number;
  readonly acknowledgedAt: number | null;
  readonly mitigatedAt: number | null;
  readonly resolvedAt: number | null;
  readonly monitors: readonly string[];
  readonly lastJoinedAt: number;
  /** Since when every monitor in it has been up. */
  readonly goodSince: number | null;
  readonly relapses: number;
  /** Up/down changes inside the flapping window. */
  readonly changes: readonly { readonly monitorId: string; readonly at: number }[];
  readonly flapping: boolean;
  /** What the channels were last told. */
  readonly announced: 'open' | 'resolved' | null;
  /** How many alerts it has caused; numbers their keys. */
  readonly alerts: number;
  readonly lastAlertAt: number | null;
  readonly diagnosis: Diagnosis | null;
  /** The newest word of each source, newest first. */
  readonly evidence: readonly Evidence[];
  readonly timeline: readonly TimelineEntry[];
};

export type Maintenance = {
  readonly from: number;
  readonly to: number;
  /** `null`: every monitor. */
  readonly monitors: readonly string[] | null;
};

export type Rules = {
  readonly monitors: readonly MonitorRule[];
  readonly maintenance: readonly Maintenance[];
  readonly remindEveryMs: number;
  readonly channels: readonly ChannelName[];
  /** `false`: no witnesses are configured, every failure is taken at its word. */
  readonly guarded: boolean;
};

export type State = {
  readonly rules: Rules;
  /** Same order as `rules.monitors`, so that one observation copies one small array. */
  readonly monitors: readonly MonitorState[];
  readonly incidents: readonly IncidentState[];
  readonly signal: { readonly colour: Colour; readonly since: number; readonly reasons: readonly string[] };
  readonly connectivity: { readonly state: ConnectivityView['state']; readonly since: number };
  /** Everything is paused until then. */
  readonly pausedUntil: number | null;
  /** After waking or coming back online, failures before this moment only ask for a confirmation. */
  readonly quietUntil: number;
  /** Certificate warnings already given: host → the expiry and the threshold in days. */
  readonly certificates: Readonly<
    Record<string, { readonly expiresAt: string; readonly seenAt: number; readonly warnedDays: number | null }>
  >;
  /** Channels that cannot deliver at present. */
  readonly failingChannels: readonly ChannelName[];
  /** A sentence when the settings on disk were refused. */
  readonly settingsProblem: string | null;
  /** A sentence while the history cannot be written. */
  readonly storageProblem: string | null;
};

export type Message =
  | { readonly type: 'configured'; readonly at: number; readonly rules: Rules }
  /** The engine starts; `lastSeen` is the last stored observation per monitor. */
  | { readonly type: 'started'; readonly at: number; readonly lastSeen: Readonly<Record<string, number>> }
  | { readonly type: 'observed'; readonly at: number; readonly observation: Observation }
  | { readonly type: 'witnessed'; readonly at: number; readonly verdict: 'online' | 'offline' | 'captive' }
  /** Nobody watched from `from` to `at`: the machine slept, the process was frozen, or the clock was set. */
  | { readonly type: 'gap'; readonly at: number; readonly from: number; readonly cause: 'sleep' | 'clock' }
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'acknowledge'; readonly at: number; readonly incidentId: string }
  | { readonly type: 'note'; readonly at: number; readonly incidentId: string; readonly text: string }
  /** Automation has something to say about an outage, to people and in its timeline. */
  | { readonly type: 'lever-news'; readonly at: number; readonly incidentId: string; readonly text: string }
  /** The channels are to be told something that belongs to no outage. */
  | { readonly type: 'say'; readonly at: number; readonly alert: Alert }
  /** All that is known of an outage now, and what it means. */
  | {
      readonly type: 'found';
      readonly at: number;
      readonly incidentId: string;
      readonly evidence: readonly Evidence[];
      readonly diagnosis: Diagnosis;
    }
  /** A lever did something about these outages; `doneAt` is when, if that was earlier. */
  | {
      readonly type: 'acted';
      readonly at: number;
      readonly doneAt?: number;
      readonly incidentIds: readonly string[];
      readonly text: string;
      readonly mitigates: boolean;
    }
  | { readonly type: 'pause'; readonly at: number; readonly monitorId: string | null; readonly until: number | null }
  | {
      readonly type: 'delivered';
      readonly at: number;
      readonly channel: ChannelName;
      readonly incidentId: string | null;
      readonly text: string;
    }
  | {
      readonly type: 'undelivered';
      readonly at: number;
      readonly channel: ChannelName;
      readonly incidentId: string | null;
      readonly problem: string;
      readonly final: boolean;
    }
  /** Something of ours is wrong (a sentence), or right again (null). */
  | { readonly type: 'trouble'; readonly at: number; readonly with: 'settings' | 'storage'; readonly problem: string | null };

/** `lever`: automation proposes to move traffic, or has done so. `digest`: the week in a few lines. */
export type AlertKind = 'opened' | 'reopened' | 'escalated' | 'reminder' | 'resolved' | 'certificate' | 'lever' | 'digest';

/** What the channels are to be told; each channel words and shapes it for itself. */
export type Alert = {
  /** Unique for ever: the outbox refuses a second one, so that a crash cannot repeat it. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly at: number;
  readonly incidentId: string | null;
  readonly title: string;
  readonly text: string;
  /** Epoch ms of the first failed check; `null` outside incidents. */
  readonly openedAt: number | null;
  readonly durationMs: number | null;
  readonly monitors: readonly string[];
};

export type Effect =
  | { readonly type: 'check'; readonly monitorId: string; readonly inMs: number }
  | { readonly type: 'check-all'; readonly overMs: number }
  | { readonly type: 'ask-witnesses' }
  | { readonly type: 'alert'; readonly alert: Alert }
  /** Watched time is closed and can be counted. */
  | {
      readonly type: 'span';
      readonly monitorId: string;
      readonly kind: 'up' | 'down';
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: 'monitor-changed'; readonly monitorId: string; readonly from: Status; readonly to: Status }
  | { readonly type: 'incident-changed'; readonly change: 'opened' | 'updated' | 'resolved'; readonly incidentId: string }
  | { readonly type: 'connectivity-changed'; readonly from: ConnectivityView['state']; readonly to: ConnectivityView['state'] }
  | { readonly type: 'signal-changed'; readonly from: Colour; readonly to: Colour };

export type Reduced = { readonly state: State; readonly effects: readonly Effect[] };
