// `command:program args`: what a password manager's client prints (`op read`, `pass show`, `vault kv get`). One trailing line
// end is not part of the secret. Its standard error is not shown: it may quote the secret (S2).
import { runHostCommand } from '../../config/host-command.js';
import { TradeboxError } from '../../core/errors.js';
import { maxSecretBytes, secretFromBytes } from '../bytes.js';
import type { SecretProvider } from '../provider.js';

/** Long enough to unlock a password manager by hand. */
const timeoutMs = 60_000;

export const commandProvider: SecretProvider<'command'> = {
  scheme: 'command',
  resolve: async ({ argv }, { env, baseDir }) => {
    const program = argv[0] ?? '';
    const ended = await runHostCommand(argv, { env, cwd: baseDir, timeoutMs, maxBytes: maxSecretBytes + 2 });
    if (!ended.ok) {
      throw new TradeboxError('SECRET_SOURCE_FAILED', `the command ${program} ${explain(ended)}`, {
        remedy: 'Run the same command in this terminal to see why; it must print the secret and exit with 0.',
      });
    }
    const secret = secretFromBytes(ended.stdout, `the output of ${program}`);
    if (secret.reveal() !== '') return secret;
    throw new TradeboxError('SECRET_MISSING', `the command ${program} printed nothing`, {
      remedy: 'Run the same command in this terminal to see why; it must print the secret and exit with 0.',
    });
  },
};

function explain(ended: { reason: string; exitCode?: number }): string {
  switch (ended.reason) {
    case 'absent':
      return 'is not installed or not executable';
    case 'timeout':
      return `did not end within ${timeoutMs / 1000} seconds`;
    case 'too-much':
      return 'printed more than a secret';
    default:
      return ended.exitCode === undefined
        ? 'was ended by a signal'
        : `ended with exit code ${ended.exitCode}`;
  }
}
