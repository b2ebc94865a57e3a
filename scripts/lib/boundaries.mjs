// Runs dependency-cruiser's rules over a src/ tree; shared by `npm run check` and the canary that proves each rule bites.
import { createRequire } from 'node:module';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';

const require = createRequire(import.meta.url);

/**
 * Cruises `<root>/src` with the rules of .dependency-cruiser.cjs.
 * @param {string} root absolute directory that holds src/
 * @returns {Promise<{modules: string[], violations: {rule: string, from: string, to: string, remedy: string}[]}>}
 */
export async function cruiseBoundaries(root) {
  const { forbidden, options } = require('../../.dependency-cruiser.cjs');
  const { output } = await cruise(
    ['src'],
    {
      ...options,
      baseDir: root,
      validate: true,
      ruleSet: { forbidden },
      outputType: 'json',
    },
    { ...options.enhancedResolveOptions },
  );
  const result = JSON.parse(String(output));
  const remedies = new Map(forbidden.map((rule) => [rule.name, rule.comment]));
  return {
    modules: result.modules
      .map((module) => module.source)
      .filter((source) => source.startsWith('src' + path.sep) || source.startsWith('src/')),
    violations: result.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      from: violation.from,
      to: (violation.cycle ?? []).map((step) => step.name ?? step).join(' → ') || violation.to,
      remedy: remedies.get(violation.rule.name) ?? '',
    })),
  };
}

/** Names of all rules. @returns {string[]} */
export function boundaryRules() {
  return require('../../.dependency-cruiser.cjs').forbidden.map((rule) => rule.name);
}
