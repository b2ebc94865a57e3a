// Contract of an isolation level: how strong the wall between agent and kernel is. Topology, sidecar and policy don't change with it.
import type { ContainerPlan } from '../docker/shapes.js';

export interface Isolation {
  id: string;
  /** What is different about the agent container at this level. */
  adapt(plan: ContainerPlan): Partial<ContainerPlan>;
}
