// The isolation levels there are, weakest first. A new level is one file and one line here.
import { type IsolationId, isolationIds } from '../../core/isolation.js';
import { labelNames } from '../names.js';
import { containerLevel } from './container.js';
import { gvisorLevel } from './gvisor.js';
import type { IsolationLevel } from './isolation.js';
import { vmLevel } from './vm.js';

export const isolations: readonly IsolationLevel[] = [containerLevel, gvisorLevel, vmLevel];

/** The level that an agent container's labels name; boxes made before there were levels are containers. */
export function isolationOf(labels: Readonly<Record<string, string>>): IsolationId {
  const named = labels[labelNames.isolation];
  return isolationIds.find((id) => id === named) ?? 'container';
}
