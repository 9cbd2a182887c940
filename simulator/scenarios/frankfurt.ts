// The first user's outage of 9 July 2023: the hosting region went down for half an hour and nobody was told.
import { diagnosed, outage, pulled, recovery, type Scenario, seconds, spared } from './scenario.ts';

export const frankfurt: Scenario = {
  id: 'frankfurt',
  title: 'The hosting region goes down',
  about:
    'Every server in Frankfurt is gone. Minutes later Render says so on its status page. Half an hour in real life. Three levers help.',
  steps: [
    { at: seconds(0, 0), note: 'Every server in Frankfurt stops answering. Nobody is looking.' },
    { at: seconds(0, 0), switch: 'api-refuse', on: true },
    { at: seconds(25, 4), note: 'Render’s engineers write the first lines on their status page.' },
    { at: seconds(25, 4), switch: 'provider-frankfurt', on: true },
    { at: seconds(30, 5), note: 'The developer reads it, and pulls the three levers.' },
    {
      at: seconds(30, 5),
      lever: { action: 'banner', on: true, text: 'Our hosting region is down. Your data is safe; we are moving to another one.' },
    },
    { at: seconds(31, 5.2), lever: { action: 'traffic', to: 'standby' } },
    { at: seconds(32, 5.4), lever: { action: 'dump', task: 'create' } },
    { at: seconds(120, 15.5), note: 'Render writes that it is over.' },
    { at: seconds(120, 15.5), switch: 'provider-frankfurt', on: false },
    { at: seconds(130, 17), note: 'The region comes back.' },
    { at: seconds(130, 17), switch: 'api-refuse', on: false },
    { at: seconds(150, 20), note: 'All is well again: traffic goes back, the banner comes down.' },
    { at: seconds(150, 20), lever: { action: 'traffic', to: 'primary' } },
    { at: seconds(152, 20.5), lever: { action: 'banner', on: false } },
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
    diagnosed(
      'Render’s outage is named as the cause, and Traffic as what helps',
      'provider-outage',
      'traffic',
      'provider-frankfurt',
      seconds(25, 6),
    ),
    pulled('the banner is live, read back from outside', 'banner', 'on', 'verified'),
    pulled('production serves the standby’s address', 'traffic', 'standby', 'verified'),
    pulled('a dump is made and proven', 'dump'),
    pulled('traffic goes back to the primary', 'traffic', 'primary', 'verified'),
    pulled('the banner comes down', 'banner', 'off', 'verified'),
    ...recovery('api-refuse', seconds(30, 8)),
    ...spared('db', 'web', 'standby'),
  ],
  patience: seconds(45, 15),
  quiet: seconds(5, 1.5),
};
