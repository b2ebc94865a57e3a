// Asks another password manager's own command-line client for one value: fixed arguments, no shell, a deadline. What the client
// says on its standard error is not shown: it may quote the secret (S2).
import { runHostCommand } from '../config/host-command.js';
import type { HostEnvironment } from '../config/paths.js';
import { TradeboxError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { maxSecretBytes, secretFromBytes } from './bytes.js';

/** A client program as people know it. */
export interface ClientProgram {
  /** `1Password CLI`. */
  title: string;
  /** How it comes onto this machine, one imperative sentence. */
  install: string;
  /** What most often keeps an installed client from answering, one imperative sentence. */
  unlock: string;
}

/** Long enough to unlock a password manager by hand. */
const timeoutMs = 60_000;

/**
 * What the client prints. It runs in the caller's home: a project's directory holds nothing that a client should read.
 * Throws SECRET_SOURCE_FAILED.
 */
export async function askClient(
  client: ClientProgram,
  argv: readonly string[],
  env: HostEnvironment,
  maxBytes = maxSecretBytes + 2,
): Promise<Buffer> {
  const ended = await runHostCommand(argv, { env, cwd: env.home, timeoutMs, maxBytes });
  if (ended.ok) return ended.stdout;
  const { title, install, unlock } = client;
  const program = argv[0] ?? '';
  if (ended.reason === 'absent') {
    throw new TradeboxError('SECRET_SOURCE_FAILED', `the ${title} (${program}) is not installed`, {
      remedy: install,
    });
  }
  const how =
    ended.reason === 'timeout'
      ? `did not answer within ${timeoutMs / 1000} seconds`
      : ended.reason === 'too-much'
        ? 'printed more than a secret'
        : ended.exitCode === undefined
          ? 'was ended by a signal'
          : `ended with exit code ${ended.exitCode}`;
  throw new TradeboxError('SECRET_SOURCE_FAILED', `the ${title} (${program}) ${how}`, { remedy: unlock });
}

/** The client's output as a secret, without one trailing line end. Throws SECRET_MISSING, SECRET_INVALID, and as askClient. */
export async function secretFromClient(
  client: ClientProgram,
  argv: readonly string[],
  env: HostEnvironment,
): Promise<Secret> {
  const secret = secretFromBytes(await askClient(client, argv, env), `the output of ${argv[0] ?? ''}`);
  if (secret.reveal() !== '') return secret;
  throw emptyAnswer(client);
}

export function emptyAnswer({ title, unlock }: ClientProgram): TradeboxError {
  return new TradeboxError('SECRET_MISSING', `the ${title} gave an empty value`, { remedy: unlock });
}
