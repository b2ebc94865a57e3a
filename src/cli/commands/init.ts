// tradebox init [dir]: writes a commented tradebox.yaml into a project directory, beside the working directories of its boxes.
import { existsSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { configFileName } from '../../config/load.js';
import { writePrivateFile } from '../../config/private-files.js';
import { renderTemplate } from '../../config/template.js';
import { TradeboxError } from '../../core/errors.js';
import { venues } from '../../venues/venues.js';
import { defineCommand, flag, optional } from '../command.js';
import type { CliContext } from '../context.js';

export const command = defineCommand({
  description:
    "The file lies in the project directory; the agent works in a directory below it, which it cannot leave:\n  project/tradebox.yaml    read by tradebox, out of the agent's reach\n  project/strategy/        the working directory: tradebox run <profile> project/strategy",
  arguments: { dir: optional('dir', 'project directory; the current one if absent') },
  options: {
    force: flag('--force', 'replace a tradebox.yaml that exists'),
    print: flag('--print', 'print the file to stdout and write nothing'),
  },
  examples: [
    { command: 'tradebox init', does: 'ask a few questions, write ./tradebox.yaml' },
    {
      command: 'tradebox init ./project --quiet < /dev/null',
      does: 'ask nothing, write the commented defaults',
    },
  ],
  result: z.object({ file: z.string().nullable(), text: z.string() }),
  render: ({ file, text }) => (file === null ? text : `wrote ${file}`),
  run: async (context, { arguments: { dir = '.' }, options }) => {
    if (options.print) return { result: { file: null, text: renderTemplate({}) } };
    const project = resolve(context.cwd, dir);
    requireDirectory(project);
    const file = join(project, configFileName);
    if (existsSync(file) && !options.force) {
      throw new TradeboxError('USAGE', `${file} exists already`, {
        remedy: 'Edit it, or replace it with --force.',
      });
    }
    const text = renderTemplate(await ask(context));
    writePrivateFile(file, text);
    await approveOwn(context, file);
    context.output.note(
      `next: put the agent's files into a directory below ${project}, and read the comments in the file`,
    );
    return { result: { file: relative(context.cwd, file) || configFileName, text } };
  },
});

/** What the user has just had written needs no second approval. */
async function approveOwn(context: CliContext, file: string): Promise<void> {
  const { readLayer } = await import('../../config/layer.js');
  const { openTrustStore } = await import('../../config/trust.js');
  const { digest } = readLayer({ path: file, role: 'named' }, context.env, undefined);
  openTrustStore(context.paths.trustDir).approve(file, digest);
}

function requireDirectory(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  throw new TradeboxError('USAGE', `${path} is not a directory`, {
    remedy: `Make it first: mkdir -p ${path}`,
  });
}

/** Asks on a terminal only; elsewhere the file has its examples commented out. */
async function ask({ prompt, output }: CliContext): Promise<Parameters<typeof renderTemplate>[0]> {
  if (!prompt.isInteractive || output.isQuiet) return {};
  const ids = venues.map(({ id }) => id);
  const wanted = await prompt.line(`Venue of the first account (${ids.join(', ')}; empty for none):`);
  const venue = venues.find(({ id }) => id === wanted);
  if (wanted !== '' && venue === undefined) {
    throw new TradeboxError('USAGE', 'there is no such venue', {
      remedy: `Choose one of: ${ids.join(', ')}`,
    });
  }
  const isAnthropic = await prompt.confirm('Does the agent use Anthropic models?', false);
  const isOpenai = await prompt.confirm('Does the agent use OpenAI models?', false);
  const llms = [isAnthropic ? ('anthropic' as const) : undefined, isOpenai ? ('openai' as const) : undefined];
  return {
    ...(venue === undefined ? {} : { venue: venue.id }),
    llms: llms.filter((llm) => llm !== undefined),
  };
}
