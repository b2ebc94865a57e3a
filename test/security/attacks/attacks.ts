// Every attack of the scorecard, in the order in which they are made: what breaks the box comes last.
import { answerAttacks } from './answers.js';
import type { Attack } from './attack.js';
import { boxAttacks, lastAttacks } from './box.js';
import { egressAttacks } from './egress.js';
import { nameAttacks } from './names.js';
import { secretAttacks } from './secrets.js';
import { socketAttacks } from './sockets.js';
import { workspaceAttacks } from './workspace.js';

export const attacks: readonly Attack[] = [
  ...egressAttacks,
  ...nameAttacks,
  ...secretAttacks,
  ...answerAttacks,
  ...socketAttacks,
  ...workspaceAttacks,
  ...boxAttacks,
  ...lastAttacks,
];
