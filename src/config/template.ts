// The commented tradebox.yaml that `tradebox init` writes. What the user chose is live, the rest stands as examples.
import { findVenue } from '../venues/venues.js';
import { presets } from './presets.js';

export interface TemplateChoices {
  /** Venue of the first account. */
  venue?: string;
  llms?: readonly ('anthropic' | 'openai')[];
}

/** The file's text. It always loads as it is. */
export function renderTemplate(choices: TemplateChoices): string {
  const venue = findVenue(choices.venue ?? 'okx');
  const hasAccount = choices.venue !== undefined && venue !== undefined;
  const fields = (venue?.credential ?? []).filter((field) => !(field.isOptional ?? false));
  const id = `${venue?.id ?? 'venue'}-demo`;
  const account = [
    'accounts:',
    `  ${id}:`,
    `    venue: ${venue?.id ?? 'venue'}`,
    '    environment: demo          # demo | live | paper: which money the key moves',
    '    credentials:               # a source each, never the secret itself',
    ...fields.map(({ name }) => `      ${name}: "vault:${id}/${name}"`),
  ];
  const llms = choices.llms ?? [];
  return [
    ...opening,
    ...(hasAccount ? account : commented(account)),
    '#',
    `# Store what "vault:" names with: tradebox secrets set ${id}/${fields[0]?.name ?? 'apiKey'}`,
    '# Other sources: "env:NAME", "file:~/.secrets/key" (mode 0600), "keyring:service/account", "op://vault/item/field",',
    '# Or "hcvault:secret/okx#apiKey", "pass:okx", "aws-sm:okx#apiKey", "gcp-sm:project/okx"; and, in ~/.config/tradebox/tradebox.yaml or a file',
    '# named with --config, "command:my-vault get okx".',
    '',
    ...credentialsOpening,
    ...(llms.length > 0 ? ['credentials:', ...llms.flatMap((llm) => llmCredentials[llm])] : []),
    ...(llms.length > 0 ? [] : commented(['credentials:', ...Object.values(llmCredentials).flat()])),
    '',
    ...closing,
    '',
  ].join('\n');
}

const opening = [
  '# tradebox.yaml: what the boxes of this project may use. Keep it beside the working directory, never in it:',
  '# the agent can change what lies in its working directory, and tradebox refuses a tradebox.yaml there.',
  '# Over your own ~/.config/tradebox/tradebox.yaml: accounts and credentials by id, hosts and pins add up.',
  'version: 1',
  '',
  '# readonly: reads only. demo: simulated orders and cancels pass too. Both refuse withdrawals and transfers.',
  'mode: readonly',
  '',
  '# Trading accounts. The agent gets decoys; the sidecar alone holds the real credential and signs with it.',
];

const credentialsOpening = [
  '# Keys that stand in a header: LLM keys, API tokens. They are sent to their own hosts only, which become reachable.',
];

const llmCredentials = {
  anthropic: [
    '  anthropic:',
    '    hosts: [api.anthropic.com]',
    '    header: x-api-key          # or "bearer: true", "basic: { username: … }", "query: …", "path: {}", "json: …", "form: …"',
    '    value: "vault:anthropic"',
    '    env: [ANTHROPIC_API_KEY]   # where the agent finds its decoy',
    '    llm: true',
  ],
  openai: [
    '  openai:',
    '    hosts: [api.openai.com]',
    '    bearer: true',
    '    value: "vault:openai"',
    '    env: [OPENAI_API_KEY]',
    '    llm: true',
  ],
};

const closing = [
  '# Other hosts the agent may reach; everything else is denied. Methods default to GET and HEAD, paths to all, ports to 443.',
  '# Not in a file with accounts, which opens venues, models, what orders cite (`evidence: true`) and what a lock file names only.',
  '# What reads widely has a file of its own (--config).',
  `# Presets open what is often wanted in one line: ${presets.join(', ')}.`,
  '# hosts:',
  '#   - { preset: "news:markets", evidence: true, reason: "what orders cite" }',
  '#   - { preset: "registry:npm", lockFile: package-lock.json, reason: "npm ci" }   # exactly the tarballs that it names',
  '#   - { host: news.example.com, paths: ["/rss/**"], reason: "news feed" }',
  '#   - { host: api.news.example.com, maxBodyBytes: 4096, requestsPerMinute: 30, reason: "search, little at a time" }',
  '#   - { registry: npm, reason: "install packages" }   # npm | pypi | debian, from your own client configuration',
  '',
  '# Hosts at a fixed, possibly private address: a local model, a corporate gateway. Never a venue. `llm: true` says that it is a',
  '# model that takes no key, `registry: true` that a lock file opens parts of it: such may stand in a file with accounts.',
  '# pins:',
  '#   - { host: llm.example.test, address: 192.168.1.10, port: 8443, ca: ./llm-ca.pem, llm: true, reason: "local model" }',
  '',
  '# How strong the wall between agent and kernel is: container | gvisor | vm | kata | auto (the strongest that starts here).',
  '# isolation: auto',
  '',
  '# limits: { memoryMb: 4096, cpus: 2, pids: 512, diskReserveMb: 2048 }',
];

function commented(lines: readonly string[]): string[] {
  return lines.map((line) => `# ${line}`);
}
