// tradebox guard: the order rules of guardrails.yaml: are they well-formed, what do they say, what would they make of these orders.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { GuardCase } from '../../config/guard-cases.js';
import { exitCodes, TradeboxError } from '../../core/errors.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { type CommandGroup, defineCommand, optional, required } from '../command.js';
import type { CliContext } from '../context.js';
import { printable, table } from '../style.js';
import { compare, replay } from './guard-past.js';
import { reload } from './guard-reload.js';

const file = optional('file', 'a guardrails.yaml; your own when absent');

const lint = defineCommand({
  description: 'Reads a guardrails.yaml and says how many rules it sets, or where it is wrong.',
  arguments: { file },
  examples: [{ command: 'tradebox guard lint', does: 'check your own guardrails.yaml' }],
  result: z.object({ file: z.string(), rules: z.array(z.string()) }),
  render: ({ file: name, rules }) => `${name}: well-formed, ${rules.length} rules: ${rules.join(', ')}`,
  run: async (context, { arguments: args }) => {
    const { name, guardrails } = await load(context, args.file);
    return { result: { file: name, rules: await keysOf(guardrails) } };
  },
});

const explain = defineCommand({
  description: 'Says in words what each rule of a guardrails.yaml does, and what is not bounded.',
  arguments: { file },
  examples: [{ command: 'tradebox guard explain ./guardrails.yaml', does: 'every rule and its limit' }],
  result: z.object({
    rules: z.array(
      z.object({
        rule: z.string(),
        summary: z.string(),
        /** The limit as JSON; null when it is not set. */
        limit: z.string().nullable(),
        /** False: orders that only make a position smaller pass it. */
        bindsExits: z.boolean(),
      }),
    ),
  }),
  render: ({ rules }, style) =>
    table(
      rules.map(({ rule, summary, limit }) => [rule, limit ?? '-', summary]),
      (cell, column) => (column === 0 ? style.bold(cell) : cell),
    ),
  run: async (context, { arguments: args }) => {
    const { rules } = await import('../../guard/rules.js');
    const { documentOf } = await import('../../guard/guardrails.js');
    const { guardrails } = await load(context, args.file);
    const written = documentOf(guardrails) as Record<string, unknown>;
    return {
      result: {
        rules: rules.map(({ key, summary, bindsExits }) => ({
          rule: key,
          summary,
          limit: written[key] === undefined ? null : JSON.stringify(written[key]),
          bindsExits,
        })),
      },
    };
  },
});

const test = defineCommand({
  description:
    'Runs a table of proposals through the rules. Ends with 2 when one is decided otherwise than expected.\nBeside its order a case may state what is known when it comes: last, book, range, multiplier, equity, equityPeak, equityAtStart, position, netExposure, at, earlier, resting, results, cancels, fills, fees, evidence. What is not stated is not known, and denies where a rule needs it. An order may be an amendment (action: amend), an exit (reduceOnly: true, unit: close-all), have a positionSide and legs; of earlier ones `same: true` are those that asked for the same.',
  arguments: { cases: required('cases', 'a YAML list of cases'), file },
  examples: [{ command: 'tradebox guard test cases.yaml', does: 'your own table against your own rules' }],
  result: z.object({
    cases: z.array(
      z.object({
        name: z.string(),
        line: z.int(),
        expected: z.string(),
        decided: z.string(),
        /** Reason codes, all of them. */
        codes: z.array(z.string()),
        holds: z.boolean(),
      }),
    ),
  }),
  render: ({ cases }, style) =>
    cases
      .map(({ name, line, expected, decided, codes, holds }) => {
        const mark = holds ? style.green('✔') : style.red('✖');
        const why = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
        return `${mark} ${printable(name)}, line ${line}: ${decided}${why}${holds ? '' : `, expected ${expected}`}`;
      })
      .join('\n'),
  run: async (context, { arguments: args }) => {
    const { factsOf, parseGuardCases } = await import('../../config/guard-cases.js');
    const { evaluate } = await import('../../guard/evaluate.js');
    const { guardrails } = await load(context, args.file);
    const given = parseGuardCases(args.cases, readText(context, args.cases));
    const cases = given.map((each) =>
      judged(each, evaluate(guardrails, factsOf(each, context.clock.nowMs()))),
    );
    return {
      result: { cases },
      exitCode: cases.every(({ holds }) => holds) ? exitCodes.ok : exitCodes.user,
    };
  },
});

const presets = defineCommand({
  description:
    'Lists the ready-made guardrails, or prints one whole: save it as guardrails.yaml and change what you like.',
  arguments: { name: optional('name', 'print this one') },
  examples: [
    { command: 'tradebox guard presets', does: 'list them' },
    {
      command: 'tradebox guard presets cautious > ~/.config/tradebox/guardrails.yaml',
      does: 'begin with one',
    },
  ],
  result: z.object({
    presets: z.array(z.object({ name: z.string(), summary: z.string(), yaml: z.string() })),
  }),
  render: ({ presets: found }) =>
    found.length === 1
      ? (found[0]?.yaml ?? '').trimEnd()
      : table(
          found.map(({ name, summary }) => [name, summary]),
          (cell) => cell,
        ),
  run: async (_context, { arguments: { name } }) => {
    const { presets: all } = await import('../../guard/presets.js');
    const found = Object.entries(all).map(([each, preset]) => ({ name: each, ...preset }));
    if (name === undefined) return { result: { presets: found } };
    const chosen = found.filter((each) => each.name === name);
    if (chosen.length === 1) return { result: { presets: chosen } };
    throw new TradeboxError('USAGE', `there is no preset "${name.slice(0, 40)}"`, {
      remedy: `Choose one of: ${found.map((each) => each.name).join(', ')}`,
    });
  },
});

export const command: CommandGroup = {
  description: 'The rules that every order meets before it is sent; only you can change them.',
  examples: [{ command: 'tradebox guard presets cautious', does: 'print rules to begin with' }],
  subcommands: [
    { name: 'lint', summary: 'check a guardrails.yaml', ...lint },
    { name: 'explain', summary: 'say what each rule does', ...explain },
    { name: 'test', summary: 'run a table of proposals through the rules', ...test },
    { name: 'compare', summary: 'say what a changed file loosens', ...compare },
    { name: 'reload', summary: 'give a running box the rules anew', ...reload },
    { name: 'replay', summary: 'judge past orders by a changed file', ...replay },
    { name: 'presets', summary: 'list or print ready-made rules', ...presets },
  ],
};

async function load(
  context: CliContext,
  given: string | undefined,
): Promise<{ name: string; guardrails: Guardrails }> {
  const { guardrailsFile, loadGuardrails, parseGuardrails } = await import('../../config/guardrails-file.js');
  if (given !== undefined)
    return { name: given, guardrails: parseGuardrails(given, readText(context, given)) };
  const guardrails = loadGuardrails(context.env, context.paths);
  const name = guardrailsFile(context.paths);
  if (guardrails !== undefined) return { name, guardrails };
  throw new TradeboxError('CONFIG_INVALID', `there is no ${name}`, {
    remedy: 'Begin with `tradebox guard presets cautious`, or name a file.',
  });
}

async function keysOf(guardrails: Guardrails): Promise<string[]> {
  const { rules } = await import('../../guard/rules.js');
  return rules.map(({ key }) => key).filter((key) => guardrails[key] !== undefined);
}

function readText(context: CliContext, name: string): string {
  try {
    return readFileSync(resolve(context.cwd, name), 'utf8');
  } catch {
    throw new TradeboxError('USAGE', `${name.slice(0, 200)} cannot be read`, {
      remedy: 'Name a file you can read.',
    });
  }
}

function judged(
  { name, line, expect, code }: GuardCase,
  { outcome, findings }: { outcome: string; findings: readonly { code: string }[] },
) {
  const codes = [...new Set(findings.map((finding) => finding.code))];
  const holds = outcome === expect && (code === undefined || codes.includes(code));
  const expected = code === undefined ? expect : `${expect} (${code})`;
  return { name, line, expected, decided: outcome, codes, holds };
}
