// tradebox secrets rotate: a new value for a secret of the vault, or one that its own source gives already, for every running box
// that uses it.
import { z } from 'zod';
import { exitCodes, TradeboxError } from '../../../core/errors.js';
import type { Secret } from '../../../core/secret.js';
import type { Engine } from '../../../sandbox/engine.js';
import { defineCommand, flag, repeated, required } from '../../command.js';
import type { CliContext } from '../../context.js';
import type { BoxSwitch } from '../../launch/rotate.js';
import { printable } from '../../style.js';
import { askValue, readStdin, requireName, requireUsable } from './read-value.js';

export const rotate = defineCommand({
  description:
    'Make the new key at the venue first, then rotate, then delete the old key there: tradebox secrets revoke-help <venue>.\nRunning boxes use the new value from the next request on; the old one is never sent again and cannot come back, and goes on\nbeing masked in answers. A WebSocket session that is logged in with it is ended. Parts of one key change\ntogether with --with.',
  arguments: { name: required('name', 'name of the secret, e.g. okx-main/apiKey') },
  tooMany: {
    message: 'a secret is never an argument: it would stand in the shell history and in every process list',
    remedy:
      'Type it at the prompt, or pipe it with --from-stdin. A real value that stood here is in the shell history now: replace it at the venue.',
  },
  options: {
    with: repeated('--with <name>', 'another secret that changes in the same moment; may be repeated'),
    reread: flag(
      '--reread',
      'the new value is at its source already (keyring, op://, command: …): running boxes take what it gives now; <name> is the id of an account or a credential',
    ),
    fromStdin: flag('--from-stdin', 'read the value from stdin; with --with, one value a line, in order'),
  },
  examples: [
    { command: 'tradebox secrets rotate anthropic', does: 'type the new value, unseen' },
    {
      command: 'tradebox secrets rotate okx-main/apiKey --with okx-main/secretKey --with okx-main/passphrase',
      does: 'a whole key at once',
    },
    {
      command: 'tradebox secrets rotate okx-main --reread',
      does: 'a key that 1Password holds, changed there',
    },
  ],
  result: z.object({
    names: z.array(z.string()),
    boxes: z.array(
      z.object({
        box: z.string(),
        /** Fields of accounts, and credentials, that have the new value. */
        uses: z.array(z.string()),
        /** Why the box goes on with the old value; null when it does not. */
        problem: z.string().nullable(),
      }),
    ),
  }),
  render: ({ names, boxes }, style) =>
    [
      `replaced ${names.join(', ')}; now delete the old key at its venue`,
      ...boxes.map(({ box, uses, problem }) =>
        problem === null
          ? `${style.green('✔')} ${box}: ${uses.join(', ')}`
          : `${style.red('✖')} ${box} keeps the old value: ${printable(problem)}\n  → tradebox restart ${box}`,
      ),
    ].join('\n'),
  run: async (context, { arguments: { name }, options }) => {
    if (options.reread) return reread(context, name, options);
    const names = [name, ...options.with];
    for (const each of names) requireName(each);
    if (new Set(names).size < names.length) {
      throw new TradeboxError('USAGE', 'a name is given twice', { remedy: 'Name each secret once.' });
    }
    const { vault } = await context.secretResolver();
    const previous = new Map<string, Secret>();
    for (const each of names) previous.set(each, await requireKnown(vault, each));
    const values = await readValues(context, previous, options.fromStdin);
    const { affectedBoxes, requireFit, switchBox } = await import('../../launch/rotate.js');
    const engine = await engineIfAny(context);
    const affected = engine === undefined ? [] : await affectedBoxes(context, engine, new Set(names));
    requireFit(
      values,
      affected.flatMap(({ uses }) => uses),
    );
    for (const [each, value] of values) await vault.set(each, value);
    const boxes: BoxSwitch[] = [];
    for (const { box, uses, problem } of affected) {
      if (problem !== null || engine === undefined) boxes.push({ box, uses: [], problem });
      else boxes.push(await switchBox(engine, box, uses, values));
    }
    const refused = boxes.filter(({ problem }) => problem !== null);
    const [first] = refused;
    if (first !== undefined && refused.length === boxes.length) {
      // No box took it: neither does the vault, or the next start would use a value that was refused.
      for (const [each, value] of previous) await vault.set(each, value);
      throw new TradeboxError(
        'SECRET_INVALID',
        `the box ${first.box} keeps the old value: ${first.problem}`,
        {
          remedy: 'Nothing was changed. Give another value, or stop the box and run the command again.',
        },
      );
    }
    return { result: { names, boxes }, exitCode: first === undefined ? exitCodes.ok : exitCodes.user };
  },
});

/** The source is the user's: what it gives now goes to the boxes, and nothing is stored. */
async function reread(
  context: CliContext,
  id: string,
  { with: others, fromStdin }: { with: readonly string[]; fromStdin: boolean },
): Promise<{ result: { names: string[]; boxes: BoxSwitch[] }; exitCode: number }> {
  if (others.length > 0 || fromStdin) {
    throw new TradeboxError(
      'USAGE',
      '--reread takes the values from their sources; --with and --from-stdin do not go with it',
      {
        remedy: 'Give the id of an account or a credential alone.',
      },
    );
  }
  const { openEngine } = await import('../../../sandbox/engine.js');
  const { rereadInBoxes } = await import('../../launch/rotate.js');
  const boxes = await rereadInBoxes(context, await openEngine(context.env), id);
  if (boxes.length === 0) {
    throw new TradeboxError('USAGE', `no running box has an account or a credential ${id.slice(0, 60)}`, {
      remedy: 'Nothing has to be switched: a box that starts reads the source.',
    });
  }
  const isWhole = boxes.every(({ problem }) => problem === null);
  return { result: { names: [id], boxes }, exitCode: isWhole ? exitCodes.ok : exitCodes.user };
}

type Vault = Awaited<ReturnType<CliContext['secretResolver']>>['vault'];

async function requireKnown(vault: Vault, name: string): Promise<Secret> {
  const known = await vault.get(name);
  if (known !== undefined) return known;
  throw new TradeboxError('SECRET_MISSING', `the vault holds no secret named ${name}`, {
    remedy: `Store it first: tradebox secrets set ${name}`,
  });
}

async function readValues(
  context: CliContext,
  previous: ReadonlyMap<string, Secret>,
  isFromStdin: boolean,
): Promise<Map<string, Secret>> {
  const { explainUnusable } = await import('../../../vault/bytes.js');
  const values = new Map<string, Secret>();
  const piped = isFromStdin ? await readPiped(context, previous.size) : undefined;
  for (const [index, [name, before]] of [...previous].entries()) {
    const value = piped?.[index] ?? (await askValue(context, name));
    // Only an identifier was ever kept that is too short for a secret.
    await requireUsable(name, value, { isIdentifier: explainUnusable(before) !== undefined });
    values.set(name, value);
  }
  return values;
}

/** One value as it is; several one a line. */
async function readPiped(context: CliContext, count: number): Promise<Secret[]> {
  const all = await readStdin(context);
  if (count === 1) return [all];
  const { linesOf } = await import('../../../vault/bytes.js');
  const lines = linesOf(all);
  if (lines.length === count) return lines;
  throw new TradeboxError('SECRET_INVALID', `stdin holds ${lines.length} lines for ${count} secrets`, {
    remedy: 'Give one value a line, in the order of the names; a value of several lines is rotated alone.',
  });
}

/** Without an engine no box runs, and the vault changes alone. */
async function engineIfAny(context: CliContext): Promise<Engine | undefined> {
  const { openEngine } = await import('../../../sandbox/engine.js');
  try {
    return await openEngine(context.env);
  } catch (thrown) {
    if (!(thrown instanceof TradeboxError) || thrown.code !== 'ENGINE_UNREACHABLE') throw thrown;
    context.output.warn(
      'no container engine answers: boxes that run elsewhere keep the old value until they are restarted',
    );
    return undefined;
  }
}
