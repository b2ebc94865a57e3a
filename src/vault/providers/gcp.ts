// `gcp-sm:project/name@version#key`: Google Secret Manager through its client (cloud.google.com/sdk/gcloud/reference/secrets/versions/access).

import { secretFromClient } from '../client-program.js';
import { jsonMember } from '../json-member.js';
import type { SecretProvider } from '../provider.js';

const client = {
  title: 'Google Cloud CLI',
  install: 'Install it (cloud.google.com/sdk/docs/install) and log in: gcloud auth login',
  unlock:
    'Log in with `gcloud auth login`, and try `gcloud secrets versions access` with the same name in this terminal.',
};

export const gcpProvider: SecretProvider<'gcp-sm'> = {
  scheme: 'gcp-sm',
  resolve: async ({ project, name, version, key }, { env }) => {
    const where = project === undefined ? [] : [`--project=${project}`];
    const argv = [
      'gcloud',
      'secrets',
      'versions',
      'access',
      version,
      `--secret=${name}`,
      ...where,
      '--quiet',
    ];
    const secret = await secretFromClient(client, argv, env);
    return key === undefined ? secret : jsonMember(secret, key, `the secret ${name}`);
  },
};
