import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import { presets } from '../../../src/config/presets.js';
import { renderTemplate, type TemplateChoices } from '../../../src/config/template.js';
import { venues } from '../../../src/venues/venues.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';
import { repositoryRoot } from '../../support/repository.js';

function load(text: string): ReturnType<typeof loadConfig> {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'project', 'work'), { recursive: true });
  writeFile(join(dir, 'project', 'tradebox.yaml'), text);
  return loadConfig(hostEnvironment(dir), { cwd: dir, workdir: 'project/work', isTrusted: () => true });
}

const choices: TemplateChoices[] = [
  {},
  { llms: ['anthropic', 'openai'] },
  ...venues.map(({ id }) => ({ venue: id, llms: ['anthropic' as const] })),
];

test.each(choices)('%j gives a file that loads as it is', (choice) => {
  const config = load(renderTemplate(choice));
  expect(config.mode).toBe('readonly');
  expect(config.accounts.map(({ venue }) => venue.id)).toEqual(
    choice.venue === undefined ? [] : [choice.venue],
  );
  expect(config.credentials.map(({ id }) => id)).toEqual(choice.llms ?? []);
});

test('every commented example loads when its comment sign is taken off', () => {
  const text = renderTemplate({})
    .split('\n')
    .filter(
      (line) =>
        !/^# (?:[A-Z]|named|the agent|model that)|^#$/.test(line) && !line.startsWith('# tradebox.yaml:'),
    )
    .map((line) => line.replace(/^# /, ''))
    .filter((line) => !/^(?:readonly:|mode: readonly$)/.test(line) && !line.includes('ca: ./llm-ca.pem'))
    .filter((line) => line !== 'pins:')
    .join('\n');
  const trading = text.replace(/^hosts:\n(?: .*\n)+/m, '');
  expect(load(trading).accounts).toHaveLength(1);
  expect(load(trading).credentials).toHaveLength(2);
  const config = load(text.replace(/^accounts:\n(?: .*\n)+/m, ''));
  expect(config.hosts.map(({ host }) => host)).toEqual(
    expect.arrayContaining(['news.example.com', 'www.reuters.com']),
  );
  expect(config.hosts).toContainEqual(
    expect.objectContaining({ host: 'api.news.example.com', maxBodyBytes: 4096, requestsPerMinute: 30 }),
  );
  expect(config.registries.map(({ lockFile }) => lockFile)).toEqual(['package-lock.json', undefined]);
  expect(config.limits.memoryMb).toBe(4096);
});

test('presets and caps are told where a user looks for them', () => {
  const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  for (const text of [renderTemplate({}), readme]) {
    for (const word of [...presets, 'maxBodyBytes', 'requestsPerMinute']) expect(text).toContain(word);
  }
});
