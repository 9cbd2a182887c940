// Moments and lengths of time: local, with UTC on hover. The ones that tick are leaves, so that nothing else renders with them.
import { clockTime, duration, moment } from '../../shared/words.ts';
import { useMinute, useNow } from '../clock.ts';

const utc = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('.000Z', ' UTC').replace('Z', ' UTC');

/** `14:00:12`, with the day when that is not today. */
export function Moment({ at }: { readonly at: string }) {
  const now = useMinute();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={utc(ms)}>
      {moment(ms, now)}
    </time>
  );
}

/** `14:00:12` where the day is plain. */
export function Clock({ at }: { readonly at: string }) {
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={utc(ms)}>
      {clockTime(ms)}
    </time>
  );
}

/** `4 s`, counting up from a moment. */
export function Since({ at }: { readonly at: string }) {
  return <>{duration(useNow() - Date.parse(at))}</>;
}
