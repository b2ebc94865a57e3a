// Contract of an isolation level: how strong the wall between agent and kernel is. Topology, sidecar and policy don't change with it.
import type { IsolationId } from '../../core/isolation.js';
import type { Accelerator } from '../../vm/requests.js';
import type { ContainerPlan, EngineFacts } from '../docker/shapes.js';
import type { Engine } from '../engine.js';

/** A level as a box uses it. */
export interface Isolation {
  id: IsolationId;
  /** True when the agent's system calls are answered by this machine's own kernel. */
  sharesKernel: boolean;
  /** True where `adapt` brings the agent's resolv.conf along. */
  bringsResolver?: true;
  /** True where the agent sees at once what the host writes into a mounted directory: its certificate and the flag come so. */
  seesHandover?: true;
  /** The line of /proc/<process>/io by which the keeper knows who writes, where the kernel leaves `write_bytes` at zero. */
  writesCounted?: 'write_bytes' | 'wchar';
  /** What is different about the agent container at this level. */
  adapt(plan: ContainerPlan): Partial<ContainerPlan>;
  /** Unpacks a tar at the root of the running agent, with the owners and modes it names, so that the agent sees it at once. */
  deliver(engine: Engine, agentId: string, tar: Buffer): Promise<void>;
}

/** Whether the engine says that it has a level; a boot proves it. */
export type Found =
  | { isThere: true; kind: 'runtime'; isolation: Isolation; runtime: string | undefined }
  /** Needs nothing of the engine: images of ours hold what starts it. */
  | {
      isThere: true;
      kind: 'machine';
      on(accelerator: Accelerator, image: string, kvmGroup?: number): Isolation;
    }
  | { isThere: false; reason: string; remedy: string };

/** A leaf: one level. Attach and stop go through the engine at every level; for exec see level-of.ts. */
export interface IsolationLevel {
  id: IsolationId;
  /** Starts nothing. */
  find(facts: EngineFacts): Found;
}
