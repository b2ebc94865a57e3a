// Which boxes a kill reaches, and which it cannot: one whose sidecar is gone may have left orders at its venue, which is said.
import { messageOf, TradeboxError } from '../../core/errors.js';
import { type BoxState, listBoxes } from '../../sandbox/boxes.js';
import type { Engine } from '../../sandbox/engine.js';
import { unknownBox } from '../../sandbox/names.js';
import { recordIfReadable } from '../../sandbox/records.js';
import type { KillReply } from '../../sidecar/orders/order-view.js';
import type { CliContext } from '../context.js';
import { isTrading } from './orders.js';
import { launchRecordSchema } from './request.js';

export interface KilledBox {
  box: string;
  /** True when the venues confirmed that nothing is left. */
  isVerified: boolean;
  /** Why nothing can be said of it; else empty. */
  problem: string;
  accounts: KillReply['reports'];
}

interface DeadBox {
  name: string;
  accounts: readonly string[];
  /** Nothing of it is left on the engine. */
  hasEnded?: true;
}

export interface KillTargets {
  /** Their sidecars can be asked. */
  alive: readonly string[];
  /** They could trade at a real venue, and no sidecar of theirs answers. */
  dead: readonly DeadBox[];
}

/**
 * Throws BOX_UNKNOWN for a name that no box has, USAGE when nothing can trade, or several boxes can and neither a name nor `all` says
 * which are meant.
 */
export async function killTargets(
  context: Pick<CliContext, 'clock' | 'paths'>,
  engine: Engine,
  { name, all }: { name: string | undefined; all: boolean },
): Promise<KillTargets> {
  const boxes = await listBoxes(engine, context.clock.nowMs());
  if (name !== undefined && !boxes.some((box) => box.name === name)) {
    const ended = recordIfReadable(context.paths.stateDir, name);
    if (ended !== undefined && mayHaveTraded(ended))
      return { alive: [], dead: [{ name, accounts: accountsOf(context, name), hasEnded: true }] };
    throw unknownBox(name);
  }
  const meant = boxes.filter((box) => name === undefined || box.name === name);
  const alive = meant.filter(isTrading).map((box) => box.name);
  const dead = meant
    .filter((box) => !isTrading(box) && mayHaveTraded(box))
    .map((box) => ({ name: box.name, accounts: accountsOf(context, box.name) }));
  if (alive.length === 0 && dead.length === 0) {
    throw new TradeboxError('USAGE', 'no running box can trade', {
      remedy: 'List the boxes with `tradebox ps`.',
    });
  }
  if (name === undefined && !all && alive.length > 1) {
    throw new TradeboxError('USAGE', `${alive.length} boxes can trade: ${alive.join(', ')}`, {
      remedy: 'Name one, or use --all.',
    });
  }
  return { alive, dead };
}

/** Kills all that answer, at once; of the others it says that nothing is known. Never rejects for what a box does. */
export async function killAll(
  { alive, dead }: KillTargets,
  kill: (box: string) => Promise<KillReply>,
): Promise<KilledBox[]> {
  const killed = await Promise.all(
    alive.map(async (box): Promise<KilledBox> => {
      try {
        const { reports } = await kill(box);
        return { box, isVerified: reports.every((one) => one.isVerified), problem: '', accounts: reports };
      } catch (thrown) {
        return { box, isVerified: false, problem: messageOf(thrown), accounts: [] };
      }
    }),
  );
  // An account that went on to another box was killed there.
  const verified = new Set(
    killed.flatMap(({ accounts }) => accounts.filter((one) => one.isVerified).map((one) => one.account)),
  );
  const left = dead.filter(
    ({ accounts }) => accounts.length === 0 || !accounts.every((account) => verified.has(account)),
  );
  return [...killed, ...left.map(unreached)];
}

function unreached({ name: box, accounts, hasEnded }: DeadBox): KilledBox {
  const whose = accounts.length === 0 ? '' : ` (${accounts.join(', ')})`;
  return {
    box,
    isVerified: false,
    problem: `its sidecar does not run: nothing was cancelled${whose}; cancel at the venue, or \`tradebox ${hasEnded ? 'reset' : 'restart'} ${box}\` and kill again`,
    accounts: [],
  };
}

/** The embedded exchange ends with its sidecar, and with it all that rested there. */
function mayHaveTraded({ mode, isPaper }: Pick<BoxState, 'mode' | 'isPaper'>): boolean {
  return mode !== 'readonly' && !isPaper;
}

function accountsOf({ paths }: Pick<CliContext, 'paths'>, name: string): readonly string[] {
  const launch = launchRecordSchema.safeParse(recordIfReadable(paths.stateDir, name)?.launch);
  return launch.success ? launch.data.accountIds : [];
}
