// `pass:name`: the standard Unix password manager (passwordstore.org). The first line is the password, as `pass -c` has it;
// `pass:name#all` takes every line, for a key in PEM.

import { linesOf } from '../bytes.js';
import { emptyAnswer, secretFromClient } from '../client-program.js';
import type { SecretProvider } from '../provider.js';

const client = {
  title: 'password manager pass',
  install: 'Install the package pass (passwordstore.org) and make a store: pass init <your GPG key>',
  unlock: 'Try `pass show` with the same name in this terminal, which also unlocks the GPG key.',
};

export const passProvider: SecretProvider<'pass'> = {
  scheme: 'pass',
  resolve: async ({ name, isWhole }, { env }) => {
    const whole = await secretFromClient(client, ['pass', 'show', name], env);
    const [first] = linesOf(whole);
    if (isWhole || first === undefined) return whole;
    if (first.reveal() === '') throw emptyAnswer(client);
    return first;
  },
};
