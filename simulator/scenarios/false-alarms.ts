// What must stay silent: this machine's own network gone, a provider page gone, trouble in somebody else's region, a
// single request that times out, and a clock that jumps an hour and back.
import { type Scenario, seconds, silence } from './scenario.ts';

export const falseAlarms: Scenario = {
  id: 'false-alarms',
  title: 'Everything that is not an outage',
  about:
    'This machine’s Wi-Fi drops, a status page is unreachable, another region has trouble, one request times out, the clock jumps. Silence is right.',
  steps: [
    { at: seconds(0, 0), note: 'The laptop’s Wi-Fi drops: nothing answers, not even the witnesses.' },
    { at: seconds(0, 0), switch: 'offline', on: true },
    { at: seconds(30, 5), note: 'The Wi-Fi is back.' },
    { at: seconds(30, 5), switch: 'offline', on: false },
    { at: seconds(45, 9), note: 'Render’s status page is down; Render is not.' },
    { at: seconds(45, 9), switch: 'provider-page-gone', on: true },
    { at: seconds(65, 12), switch: 'provider-page-gone', on: false },
    { at: seconds(75, 14), note: 'Render has minor trouble, in Oregon.' },
    {
      at: seconds(75, 14),
      page: { component: 'Oregon / Web Services', status: 'degraded_performance', incident: 'Slow deploys in Oregon' },
    },
    { at: seconds(90, 16), page: { component: 'Oregon / Web Services', status: 'operational', incident: null } },
    { at: seconds(95, 18), note: 'For a moment requests to the API get no answer.' },
    { at: seconds(95, 18), switch: 'api-hang', on: true },
    { at: seconds(98.5, 18.9), switch: 'api-hang', on: false },
    { at: seconds(110, 21), note: 'A bad time server sets the clock an hour ahead; later it is set right.' },
    { at: seconds(110, 21), switch: 'clock-jump', on: true },
    { at: seconds(150, 36), switch: 'clock-jump', on: false },
  ],
  expect: [
    {
      says: 'Signalbox notices that this machine is offline',
      kind: 'connectivity',
      tags: ['offline'],
      within: seconds(20, 5),
      after: { fault: 'offline', on: true },
    },
    { says: 'the signal is grey while it cannot tell', kind: 'signal', tags: ['grey'] },
    {
      says: 'Signalbox notices that it is back',
      kind: 'connectivity',
      tags: ['online'],
      within: seconds(30, 8),
      after: { fault: 'offline', on: false },
    },
    { says: 'the signal is green again', kind: 'signal', tags: ['green'], after: { fault: 'offline', on: false } },
    ...silence,
  ],
  patience: seconds(30, 12),
  quiet: seconds(12, 5),
};
