// Makes attacks and judges them: blocked only when it was tried and seen blocked, and its control only when it was seen to succeed.
import { type Attack, gains, type Variant } from './attack.js';
import type { World } from './world.js';

/** One line of the scorecard. */
export interface Score {
  id: string;
  title: string;
  outcome: 'blocked' | 'succeeded';
  evidence: string;
  /** `succeeded: …` when the same attack won in a weakened setting. */
  control: string;
  /** What a plain `docker run` and a plain internal network let through; `–` where the control is made elsewhere. */
  docker: string;
  internal: string;
}

/** Makes one attack from the box and in its weakened settings. */
export async function score(attack: Attack, world: World): Promise<Score> {
  const { id, title } = attack;
  const { control } = attack;
  const isPlain = control === 'plain' || attack.isPlain === true;
  const settings = (isPlain ? [world.plain, world.internal] : [world.plain]).map(
    (place) => () => (control === 'plain' ? attack.attempt(place, world) : control(world, place)),
  );
  const acts = [() => attack.attempt(world.inBox, world), ...settings];
  const made: Tried[] = [];
  if (attack.isApart) for (const act of acts) made.push(await tried(act));
  else made.push(...(await Promise.all(acts.map(tried))));
  const [inBox, weakened, internal] = made;
  if (inBox === undefined) throw new Error('an attack is tried');
  if (weakened === undefined) throw new Error('an attack has a control');
  const outcome = inBox.ok && gains(inBox.variants).length === 0 ? 'blocked' : 'succeeded';
  const evidence = inBox.ok ? told(inBox.variants) : `not measured: ${inBox.problem}`;
  if (internal === undefined) {
    const where = attack.setting ?? 'a weakened setting';
    return {
      id,
      title,
      outcome,
      evidence,
      control: controlText(weakened, where),
      docker: '–',
      internal: '–',
    };
  }
  const docker = weakened;
  const best = hasWon(docker) ? docker : internal;
  const where = best === docker ? (attack.setting ?? 'plain docker run') : 'plain internal network';
  return {
    id,
    title,
    outcome,
    evidence,
    control: controlText(best, where),
    docker: cell(docker),
    internal: cell(internal),
  };
}

type Tried = { ok: true; variants: Variant[] } | { ok: false; problem: string };

async function tried(act: () => Promise<Variant[]>): Promise<Tried> {
  try {
    const variants = await act();
    return variants.length === 0 ? { ok: false, problem: 'no variant was tried' } : { ok: true, variants };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

const hasWon = (one: Tried) => one.ok && gains(one.variants).length > 0;

function told(variants: readonly Variant[]): string {
  const won = gains(variants);
  if (won.length > 0)
    return `${won.length} of ${variants.length}: ${won.map(({ gained }) => gained).join('; ')}`;
  const { name, detail } = variants.find(({ detail: text }) => text !== '') ?? { name: '', detail: '' };
  return `${variants.length} of ${variants.length} variants blocked, e.g. ${name}: ${detail}`;
}

function controlText(weakened: Tried, where: string): string {
  if (!weakened.ok) return `failed: in ${where} it could not be tried: ${weakened.problem}`;
  const won = gains(weakened.variants);
  if (won.length === 0) return `failed: in ${where} nothing was gained, so nothing is proven`;
  return `succeeded: in ${where}, ${won.length} of ${weakened.variants.length}, e.g. ${won[0]?.gained}`;
}

function cell(one: Tried): string {
  if (!one.ok) return 'not tried';
  const won = gains(one.variants).length;
  return won === 0 ? 'blocked' : `${won} of ${one.variants.length} pass`;
}

/** Whether the boundary held and the proof is one. */
export const holds = ({ outcome, control }: Score) =>
  outcome === 'blocked' && control.startsWith('succeeded');
