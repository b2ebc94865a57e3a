// Presets of hosts entries: what a short name in tradebox.yaml opens. Registries stay kinds, resolved from the user's own clients.
import type { HostRule } from '../sidecar/settings.js';

export const presets = [
  'llm:anthropic',
  'llm:openai',
  'registry:npm',
  'registry:pypi',
  'registry:debian',
] as const;
export type Preset = (typeof presets)[number];

type PresetRule = Pick<HostRule, 'host' | 'ports' | 'methods' | 'paths'>;

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

/** The rule that a preset stands for; undefined for a registry. */
export const presetRule = (preset: Preset): PresetRule | undefined => llmRules[preset];

/** The registry that a preset names; undefined for others. */
export const presetRegistry = (preset: Preset): 'npm' | 'pypi' | 'debian' | undefined => registries[preset];

export const isLlmPreset = (preset: Preset): boolean => preset in llmRules;

/** Why an entry with a preset cannot stand: it says itself what the preset says. `entry` has its defaults filled in. */
export function explainPreset(entry: {
  ports: readonly number[];
  methods: readonly string[];
  paths: readonly string[];
}): string | undefined {
  const isPlain =
    `${entry.ports}` === '443' && `${entry.methods}` === 'GET,HEAD' && `${entry.paths}` === '/**';
  return isPlain
    ? undefined
    : 'a preset brings its own ports, methods and paths; write "host" to choose them';
}

function llmRule(host: string): PresetRule {
  return { host, ports: [443], methods: ['GET', 'POST', 'DELETE'], paths: ['/v1/**'] };
}
