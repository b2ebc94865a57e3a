// A secret's value as the user gives it: typed unseen, or piped; never an argument (S2).
import { explainVaultName } from '../../../config/secret-source.js';
import { TradeboxError } from '../../../core/errors.js';
import type { Secret } from '../../../core/secret.js';
import type { CliContext } from '../../context.js';

/** Throws USAGE for a text that is no name. */
export function requireName(name: string): void {
  const problem = explainVaultName(name);
  if (problem === undefined) return;
  throw new TradeboxError('USAGE', problem, { remedy: 'Run: tradebox secrets set <name>' });
}

export async function askValue(context: CliContext, name: string): Promise<Secret> {
  if (context.prompt.isInteractive) return context.prompt.hidden(`Value of ${name} (not shown):`);
  throw new TradeboxError('USAGE', 'there is no terminal to type the secret on', {
    remedy: `Pipe it: … | tradebox secrets set ${name} --from-stdin`,
  });
}

/** Throws USAGE on a terminal, SECRET_INVALID. */
export async function readStdin(context: CliContext): Promise<Secret> {
  const { maxSecretBytes, secretFromBytes } = await import('../../../vault/bytes.js');
  if (context.stdin.isTTY === true) {
    throw new TradeboxError('USAGE', '--from-stdin needs a pipe: a terminal would show what you type', {
      remedy: 'Leave out --from-stdin and type the value at the prompt.',
    });
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of context.stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > maxSecretBytes + 2) break;
  }
  return secretFromBytes(Buffer.concat(chunks), 'stdin');
}

/** Throws SECRET_INVALID for a value that cannot be kept: a short one only in the place of an identifier. */
export async function requireUsable(
  name: string,
  secret: Secret,
  { isIdentifier = false }: { isIdentifier?: boolean } = {},
): Promise<void> {
  const { explainUnusable } = await import('../../../vault/bytes.js');
  const problem = explainUnusable(secret, { isIdentifier });
  if (problem === undefined) return;
  throw new TradeboxError('SECRET_INVALID', `the value for ${name} ${problem}`, {
    remedy: 'Run the command again with the whole value.',
  });
}
