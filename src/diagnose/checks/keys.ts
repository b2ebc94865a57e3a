// What the venues say of the keys that the box trades with: none can withdraw, each is of the environment it is set up as.
import type { KeyReport } from '../../sidecar/control.js';
import { type Check, fail, pass, skip, warn } from '../check.js';

export const keysCheck: Check = {
  id: 'keys',
  proves: 'no key of the box can withdraw, and each is of its account’s environment, says its venue',
  invariants: ['S7'],
  async run({ box }) {
    const keys = await box.keys();
    if (keys.length === 0) return skip('no account may trade in this box, so no venue was asked', '');
    const real = keys.filter(({ environment }) => environment !== 'paper');
    if (real.length === 0) return pass('only paper keys, which open nothing but the embedded exchange');
    const told = real.map(describeKey).join('; ');
    const problems = real.flatMap(({ problem }) => problem ?? []);
    if (problems.length > 0) {
      const said = [
        `${problems.map(({ message }) => message).join(' ')} Told: ${told}`,
        [...new Set(problems.map(({ remedy }) => remedy))].join(' '),
      ] as const;
      // Where nothing trades, no key keeps a box from starting.
      return box.mode === 'readonly' ? warn(...said) : fail(...said);
    }
    const warnings = real.flatMap((key) => key.warnings);
    return warnings.length === 0
      ? pass(told)
      : warn(`${warnings.join('; ')}. Told: ${told}`, 'Change the key at its venue.');
  },
};

/** What the venue says of the key, and by name what it does not say, so that nothing proves it. */
export function describeKey({ account, environment, facts }: KeyReport): string {
  if (facts === undefined) return `${account} (${environment}): nothing`;
  const { venueAccounts = [], mainAccount, rights = [], clockSkewMs } = facts;
  const flags = [
    says(facts.isOfEnvironment, `is ${environment}`, `is not ${environment}`, `that it is ${environment}`),
    says(facts.canTrade, 'can trade', 'cannot trade', 'whether it can trade'),
    says(facts.canWithdraw, 'can withdraw', 'cannot withdraw', 'whether it can withdraw'),
    says(facts.hasAddressLock, 'bound to addresses', 'works from every address', 'an address lock'),
    says(facts.isSubAccount, 'of a sub-account', 'of the main account', 'whether it is a sub-account'),
  ];
  const clock: Saying =
    clockSkewMs === undefined
      ? { untold: 'its clock' }
      : { told: `clock ${Math.abs(clockSkewMs)} ms ${clockSkewMs < 0 ? 'behind' : 'ahead'}` };
  const main = mainAccount === undefined ? '' : ` of ${mainAccount}`;
  const all: Saying[] = [
    venueAccounts.length === 0
      ? { untold: 'an account number' }
      : { told: `account ${venueAccounts.join(', ')}${main}` },
    ...flags,
    rights.length === 0 ? { untold: 'rights by name' } : { told: `rights ${rights.join(', ')}` },
    clock,
  ];
  const told = all.flatMap((one) => one.told ?? []);
  const untold = all.flatMap((one) => one.untold ?? []);
  const missing = untold.length === 0 ? '' : `; the venue does not tell: ${untold.join(', ')}`;
  return `${account} (${environment}): ${told.join(', ')}${missing}`;
}

interface Saying {
  told?: string;
  untold?: string;
}

function says(flag: boolean | undefined, yes: string, no: string, name: string): Saying {
  return flag === undefined ? { untold: name } : { told: flag ? yes : no };
}
