// Every attack of the scorecard, in the order in which they are made: what needs a box without a taint comes first, what breaks it last.
import { answerAttacks } from './answers.js';
import type { Attack } from './attack.js';
import { boxAttacks, lastAttacks } from './box.js';
import { diskAttacks } from './disk.js';
import { egressAttacks } from './egress.js';
import { groupAttacks } from './groups.js';
import { nameAttacks } from './names.js';
import { secretAttacks } from './secrets.js';
import { socketAttacks } from './sockets.js';
import { firstAttacks, venueSocketAttacks } from './venue-sockets.js';
import { workspaceAttacks } from './workspace.js';

export const attacks: readonly Attack[] = [
  ...firstAttacks,
  ...egressAttacks,
  ...nameAttacks,
  ...secretAttacks,
  ...answerAttacks,
  ...socketAttacks,
  ...venueSocketAttacks,
  ...workspaceAttacks,
  ...boxAttacks,
  ...groupAttacks,
  ...diskAttacks,
  ...lastAttacks,
];
