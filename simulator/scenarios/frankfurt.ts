// The first user's outage of 9 July 2023: the hosting region went down for half an hour and nobody was told.
import { outage, recovery, type Scenario, seconds, spared } from './scenario.ts';

export const frankfurt: Scenario = {
  id: 'frankfurt',
  title: 'The hosting region goes down',
  about: 'Every server in Frankfurt is gone. Minutes later Render says so on its status page. Half an hour in real life.',
  steps: [
    { at: seconds(0, 0), note: 'Every server in Frankfurt stops answering. Nobody is looking.' },
    { at: seconds(0, 0), switch: 'api-refuse', on: true },
    { at: seconds(25, 4), note: 'Render’s engineers write the first lines on their status page.' },
    { at: seconds(25, 4), switch: 'provider-frankfurt', on: true },
    { at: seconds(70, 9), note: 'The region comes back.' },
    { at: seconds(70, 9), switch: 'api-refuse', on: false },
    { at: seconds(85, 11), switch: 'provider-frankfurt', on: false },
  ],
  expect: [
    ...outage('api-refuse', ['api', 'login'], seconds(15, 6)),
    {
      says: 'the head sentence gives the region’s outage as its reason',
      kind: 'head',
      tags: ['Render reports a', 'outage in Frankfurt'],
      within: seconds(25, 6),
      after: { fault: 'provider-frankfurt', on: true },
    },
    ...recovery('api-refuse', seconds(30, 8)),
    ...spared('db', 'web', 'standby'),
  ],
  patience: seconds(45, 15),
  quiet: seconds(5, 1.5),
};
