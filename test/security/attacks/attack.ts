// What an attack of the scorecard is: variants tried from inside a container, and a setting in which they are seen to succeed.
import type { Place } from './place.js';
import type { World } from './world.js';

/** One way of trying, and what the attacker had of it. */
export interface Variant {
  name: string;
  /** What was gained; absent when the variant was blocked. */
  gained?: string;
  /** How it ended, as seen from inside or by the one who would have received it. */
  detail: string;
}

export interface Attack {
  /** As in ATTACKS, e.g. `A4`. */
  id: string;
  title: string;
  /** Tries every variant from a place. Throws when it could not try. */
  attempt(place: Place, world: World): Promise<Variant[]>;
  /**
   * The negative control: the same attack in a weakened setting. `plain`: the very attempt, made from a plain `docker run` and
   * from a plain internal network, which are two more columns of the scorecard. A function gets such a place and need not use it.
   */
  control: 'plain' | ((world: World, plain: Place) => Promise<Variant[]>);
  /** What the weakened setting of a control function is, for the scorecard. */
  setting?: string;
  /** The setting is a plain `docker run` or one like it: the control is made beside both places and fills their columns. */
  isPlain?: true;
  /** Made while no other is under way, and its control after it: it changes what others look at, or looks at what others change. */
  isApart?: true;
}

/** A variant from what was gained, if anything. */
export function variant(name: string, gained: string | undefined | false, detail = 'nothing came'): Variant {
  return gained === undefined || gained === false || gained === ''
    ? { name, detail }
    : { name, gained, detail: gained };
}

/** In their order, those side by side that may be: they mostly wait, each for its own answers. */
export function turnsOf(attacks: readonly Attack[]): Attack[][] {
  const turns: Attack[][] = [];
  for (const attack of attacks) {
    const last = turns.at(-1);
    if (attack.isApart || last === undefined || last[0]?.isApart) turns.push([attack]);
    else last.push(attack);
  }
  return turns;
}

/** How many are side by side at most. */
export const sideBySide = 5;

/** The variants that succeeded. */
export function gains(variants: readonly Variant[]): Variant[] {
  return variants.filter(({ gained }) => gained !== undefined);
}
