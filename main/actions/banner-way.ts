// What a way of showing a banner must be able to do. There are three: banner-config.ts, banner-env.ts, banner-statuspage.ts.

import type { Fault } from '../../shared/ipc.ts';
import type { Finding, Severity } from '../../shared/lever.ts';
import type { Step, StepContext, StepEnd } from './action.ts';
import type { Standing } from './banner-notes.ts';

export type Wanted = {
  readonly on: boolean;
  /** Null exactly when off. */
  readonly text: string | null;
  readonly severity: Severity;
  /** Shown for this long, ms; null: until somebody takes it down. */
  readonly forMs: number | null;
};

export type Look = {
  readonly standing: Standing;
  /** Worth knowing about the place itself: who shares it, what it cannot show. */
  readonly findings: readonly Finding[];
  readonly refusal: Fault | null;
};

export type BannerWay = {
  readonly name: 'global-config' | 'vercel-env' | 'statuspage';
  /** The deed for a list of steps, at most 60 characters: "Write the banner to Global Config". */
  readonly deed: string;
  /** Read-only. */
  look(signal: AbortSignal): Promise<Look>;
  /** What will change, from what, to what. */
  changes(standing: Standing, wanted: Wanted): readonly string[];
  /** Makes it so; `until` is epoch ms. Safe to call again. */
  write(context: StepContext, wanted: Wanted, until: number | null): Promise<StepEnd>;
  /** Puts back what stood there before, unless somebody else has changed it since. */
  takeBack(context: StepContext, wanted: Wanted): Promise<StepEnd>;
  /** Between writing and being seen. */
  readonly publish: Step | null;
  /** After it was seen. */
  readonly afterwards: Step | null;
};

/** For people, quoted. */
export const quoted = (text: string | null): string => (text === null ? 'nothing' : `“${text}”`);

/** A banner as `from … to …`. */
export function inWords(one: { readonly on: boolean; readonly text: string | null }): string {
  return one.on ? (one.text === null ? 'a banner of unknown text' : quoted(one.text)) : 'no banner';
}
