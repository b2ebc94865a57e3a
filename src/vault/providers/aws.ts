// `aws-sm:id#key`: AWS Secrets Manager through its client (docs.aws.amazon.com/cli/latest/reference/secretsmanager/get-secret-value.html).
import { TradeboxError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import { maxSecretBytes } from '../bytes.js';
import { askClient } from '../client-program.js';
import { jsonMember } from '../json-member.js';
import type { SecretProvider } from '../provider.js';

const client = {
  title: 'AWS CLI',
  install: 'Install it (docs.aws.amazon.com/cli) and configure it: aws configure',
  unlock:
    'Log in (aws sso login), and try `aws secretsmanager get-secret-value` with the same id in this terminal.',
};

export const awsProvider: SecretProvider<'aws-sm'> = {
  scheme: 'aws-sm',
  resolve: async ({ secretId, key }, { env }) => {
    // As JSON, the value's own line ends cannot be taken for the client's.
    const form = ['--query', 'SecretString', '--output', 'json', '--no-cli-pager'];
    const argv = ['aws', 'secretsmanager', 'get-secret-value', '--secret-id', secretId, ...form];
    const printed = await askClient(client, argv, env, 2 * maxSecretBytes);
    const secret = textOf(printed);
    return key === undefined ? secret : jsonMember(secret, key, `the secret ${secretId}`);
  },
};

function textOf(printed: Buffer): Secret {
  let value: unknown;
  try {
    value = JSON.parse(printed.toString('utf8'));
  } catch {
    // The parser's message quotes what it read (S2).
    value = undefined;
  }
  if (typeof value === 'string' && value !== '') return new Secret(value);
  throw new TradeboxError('SECRET_MISSING', 'the AWS CLI gave no text: the secret is empty or binary', {
    remedy: 'Store the secret as text (SecretString).',
  });
}
