// Every scenario that the rehearsal can play.
import { deployBreaksIt } from './deploy-breaks-it.ts';
import { falseAlarms } from './false-alarms.ts';
import { flapping } from './flapping.ts';
import { frankfurt } from './frankfurt.ts';
import { ipv6 } from './ipv6.ts';
import type { Scenario } from './scenario.ts';
import { slowStandby } from './slow-standby.ts';

export const scenarios: readonly Scenario[] = [frankfurt, ipv6, falseAlarms, flapping, slowStandby, deployBreaksIt];
