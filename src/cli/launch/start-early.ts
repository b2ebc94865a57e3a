// Starts a box whose inside network the engine makes while the rest of the program is being loaded.

import type { Engine } from '../../sandbox/engine.js';
import { layFoundation } from '../../sandbox/foundation.js';
import type { Predecessor } from '../../sandbox/succession.js';
import type { CliContext } from '../context.js';
import type { StartedBox } from './box.js';
import type { AgreedRules } from './guard-start.js';
import type { LaunchRequest } from './request.js';

export interface EarlyStart {
  name: string;
  /** True when nobody's terminal is connected to the agent. */
  isDetached: boolean;
  /** The box of this name that ends meanwhile. */
  predecessor?: Predecessor;
  /** The rules it may start with. Throws where the box may not be started after all. */
  check?(): Promise<AgreedRules>;
}

/** The caller holds the name. Throws what startBox throws; nothing of the box is left then. */
export async function startEarly(
  context: CliContext,
  engine: Engine,
  request: LaunchRequest,
  { name, isDetached, predecessor, check }: EarlyStart,
): Promise<StartedBox> {
  const { profile, mode, paper: isPaper } = request;
  const createdAt = new Date(context.clock.nowMs()).toISOString();
  const foundation = layFoundation(engine, { name, profile, mode, isPaper, createdAt }, predecessor?.ids);
  const settled = context.interrupts.onEnd(() => foundation.clear());
  try {
    await new Promise((resolve) => setImmediate(resolve)); // the request goes out
    const rules = await check?.();
    const [{ startBox }, { terminalFor }] = await Promise.all([import('./box.js'), import('./streams.js')]);
    return await startBox(
      context,
      request,
      {
        name,
        terminal: (wantsTty) => terminalFor(context, wantsTty, isDetached),
        willAttach: !isDetached,
        foundation,
        ...(predecessor === undefined ? {} : { predecessor }),
        ...(rules === undefined ? {} : { rules }),
      },
      engine,
    );
  } catch (thrown) {
    await foundation.clear().catch(() => {}); // what stands in its way was told already
    throw thrown;
  } finally {
    settled();
  }
}
