// Which isolation level a running agent is at, and how a command gets into it there. Pure.
import { type IsolationId, isolationIds } from '../../core/isolation.js';
import { machinePaths, type ProcessRequest } from '../../vm/requests.js';
import type { ExecPlan } from '../docker/shapes.js';
import { labelNames } from '../names.js';

/** The level that an agent container's labels name; boxes made before there were levels are containers. */
export function isolationOf(labels: Readonly<Record<string, string>>): IsolationId {
  const named = labels[labelNames.isolation];
  return isolationIds.find((id) => id === named) ?? 'container';
}

/** What the engine is asked to run so that the command runs where the agent does. */
export function execPlanAt(isolation: IsolationId, plan: ExecPlan): ExecPlan {
  if (isolation !== 'vm') return plan;
  const { argv, user, isPrivileged, environment = {}, workingDir, hasTerminal, hasStdin } = plan;
  const request: ProcessRequest = {
    argv,
    environment,
    ...(user === undefined ? {} : { user }),
    ...(workingDir === undefined ? {} : { workingDir }),
    ...(isPrivileged === undefined ? {} : { isPrivileged }),
    hasTerminal,
    hasStdin,
  };
  // As the container's own user, without any capability: rights are a matter between the machine and its kernel.
  return {
    argv: ['node', machinePaths.program, 'exec', JSON.stringify(request)],
    workingDir: '/',
    hasTerminal,
    hasStdin,
  };
}
