// A standby on a free plan sleeps and needs its time to wake: that is how it is meant to be, and no outage.
import { type Scenario, seconds, silence } from './scenario.ts';

export const slowStandby: Scenario = {
  id: 'slow-standby',
  title: 'The standby sleeps and wakes slowly',
  about: 'The standby’s first answer takes up to a minute. Signalbox waits for it, records how long it took, and alarms nobody.',
  steps: [
    { at: seconds(0, 0), note: 'Nobody used the standby for a while: its platform stops it.' },
    { at: seconds(0, 0), sleep: 'standby' },
    { at: seconds(1, 0.5), note: 'Signalbox checks it.' },
    { at: seconds(1, 0.5), check: 'standby' },
  ],
  expect: [{ says: 'the standby is up, with its wake-up time recorded', kind: 'woke', tags: ['standby'] }, ...silence],
  patience: seconds(75, 15),
  quiet: seconds(5, 2),
};
