// Presets of hosts entries: what a short name in tradebox.yaml opens. Registries stay kinds, resolved from the user's own clients.
import type { HostRule } from '../sidecar/settings.js';

export const presets = [
  'llm:anthropic',
  'llm:openai',
  'registry:npm',
  'registry:pypi',
  'registry:debian',
  'news:markets',
  'news:crypto',
  'news:official',
] as const;
export type Preset = (typeof presets)[number];

type PresetRule = Pick<HostRule, 'host' | 'ports' | 'methods' | 'paths' | 'maxBodyBytes'>;

/** Hosts by the vendors' API references: docs.anthropic.com/en/api, platform.openai.com/docs/api-reference. */
const llmRules: Partial<Record<Preset, PresetRule>> = {
  'llm:anthropic': llmRule('api.anthropic.com'),
  'llm:openai': llmRule('api.openai.com'),
};

const registries: Partial<Record<Preset, 'npm' | 'pypi' | 'debian'>> = {
  'registry:npm': 'npm',
  'registry:pypi': 'pypi',
  'registry:debian': 'debian',
};

/** Read by GET alone, without a body or a socket: an agent that could write there could be asked to publish what it knows. */
const newsHosts: Partial<Record<Preset, readonly string[]>> = {
  'news:markets': [
    'www.reuters.com',
    'www.cnbc.com',
    'www.marketwatch.com',
    'finance.yahoo.com',
    'www.ft.com',
  ],
  'news:crypto': ['www.coindesk.com', 'cointelegraph.com', 'www.theblock.co', 'decrypt.co'],
  'news:official': [
    'www.sec.gov',
    'www.cftc.gov',
    'www.federalreserve.gov',
    'www.ecb.europa.eu',
    'www.bls.gov',
    'home.treasury.gov',
  ],
};

/** The rules that a preset stands for; none for a registry. */
export function presetRules(preset: Preset): PresetRule[] {
  const llm = llmRules[preset];
  if (llm !== undefined) return [llm];
  const readOnly = { ports: [443], methods: ['GET'], paths: ['/**'], maxBodyBytes: 0 };
  return (newsHosts[preset] ?? []).map((host) => ({ host, ...readOnly }));
}

/** The registry that an entry names, by kind or by preset; undefined for others. */
export function registryOf<Kind extends string>(entry: {
  registry?: Kind | undefined;
  preset?: Preset | undefined;
}): Kind | 'npm' | 'pypi' | 'debian' | undefined {
  return entry.registry ?? (entry.preset === undefined ? undefined : registries[entry.preset]);
}

/** The hosts of all presets of models. */
export const llmHosts: readonly string[] = Object.values(llmRules).map(({ host }) => host);

export const isLlmPreset = (preset: Preset): boolean => preset in llmRules;

/** Why an entry with a preset or a registry cannot stand: it says itself what that says. `entry` has its defaults filled in. */
export function explainPreset(entry: {
  preset?: Preset | undefined;
  registry?: string | undefined;
  ports: readonly number[];
  methods: readonly string[];
  paths: readonly string[];
  maxBodyBytes?: number | undefined;
}): string | undefined {
  const isPlain =
    `${entry.ports}` === '443' && `${entry.methods}` === 'GET,HEAD' && `${entry.paths}` === '/**';
  if (!isPlain)
    return 'a preset or a registry brings its own ports, methods and paths; write "host" to choose them';
  const isRead = registryOf(entry) !== undefined || (entry.preset !== undefined && entry.preset in newsHosts);
  return isRead && (entry.maxBodyBytes ?? 0) > 0
    ? 'news and registries take no request bodies: leave maxBodyBytes out'
    : undefined;
}

function llmRule(host: string): PresetRule {
  return { host, ports: [443], methods: ['GET', 'POST', 'DELETE'], paths: ['/v1/**'] };
}
