// What one look answers: `ps` where nothing is out of the ordinary, the list of commands, the version. Nothing heavy is loaded
// for it. Everything else, and every trouble, is the whole program's, which begins anew: nothing is changed here.
import { readTaint } from '../audit/read-taint.js';
import { type HostEnvironment, resolvePaths } from '../config/paths.js';
import { readPrivateFile } from '../config/private-files.js';
import { boxPaths } from '../sandbox/box-paths.js';
import type { BoxState } from '../sandbox/boxes.js';
import { changedLockFiles, newGitLinks } from '../sandbox/shield/hot-files.js';
import { boxTable } from './box-table.js';
import { commands } from './commands.js';
import { rootHelp } from './root-help.js';
import { createStyle, isColored } from './style.js';

/** What stands around the program. */
export interface Surroundings {
  env: HostEnvironment;
  /** What `askForBoxes` was answered; it is asked nothing more here. */
  boxes: () => Promise<BoxState[] | undefined>;
  /** Whether stdout is a terminal. */
  isTerminal: () => boolean;
  version: () => string;
}

/** Text for stdout; undefined where the whole program must answer. Never rejects. */
export async function answerAtOnce(
  words: readonly string[],
  around: Surroundings,
): Promise<string | undefined> {
  try {
    const [word, ...more] = words;
    if (more.length > 0) return undefined;
    if (word === '--help' || word === '-h') return rootHelp(commands);
    if (word === '--version') return `${around.version()}\n`;
    return word === 'ps' ? await listAtOnce(around) : undefined;
  } catch {
    return undefined; // told by the whole program
  }
}

async function listAtOnce({ env, boxes: asked, isTerminal }: Surroundings): Promise<string | undefined> {
  const { stateDir } = resolvePaths(env);
  const boxes = await asked();
  if (!boxes?.every((box) => hasNothingToTell(stateDir, box))) return undefined;
  const style = createStyle(isColored({ isTTY: isTerminal() }, env));
  const rows = boxes.map((box) => ({
    ...box,
    state: box.status,
    isTainted: false,
    evidence: 0,
    lastEvidence: null,
    guardrailsProblem: null,
  }));
  return `${boxTable(rows, style)}\n`;
}

/** True where the host's files hold no evidence against a box and nothing that waits. A policy that weighs evidence less is the whole program's matter. */
function hasNothingToTell(stateDir: string, { name }: BoxState): boolean {
  const paths = boxPaths(stateDir, name);
  const record = jsonOf(paths.record);
  if (record === undefined) return true;
  const { id, workdir, launch } = record;
  if (typeof id !== 'string' || typeof workdir !== 'string' || !isObject(launch)) return false;
  const noted = jsonOf(paths.hotFiles);
  if (noted !== undefined) {
    const before = textsOf(noted);
    if (launch.regime === 'trade' && changedLockFiles(before, workdir).length > 0) return false;
    if (newGitLinks(before, workdir).length > 0) return false;
  }
  const { sandboxId, isTainted, count, guardrailsProblem } = readTaint(paths.journal);
  return sandboxId !== id || (!isTainted && count === 0 && guardrailsProblem === undefined);
}

/** Undefined when there is no such file. Throws when it is not a JSON object, or loose. */
function jsonOf(file: string): Record<string, unknown> | undefined {
  const bytes = readPrivateFile(file);
  if (bytes === undefined) return undefined;
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (!isObject(value)) throw new Error('not an object');
  return value;
}

function textsOf(object: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      if (typeof value !== 'string') throw new Error('not a text');
      return [name, value];
    }),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
