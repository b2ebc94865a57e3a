// Rule: what an order is founded on comes from hosts that a human trusts.
import { defineRule, deny } from '../rule.js';

/** Whether a host is one of these, `*.` before a name standing for all below it. */
export function isTrusted(patterns: readonly string[], host: string): boolean {
  return patterns.some((each) => (each.startsWith('*.') ? host.endsWith(each.slice(1)) : host === each));
}

export const trustedNewsSources = defineRule({
  key: 'trustedNewsSources',
  summary: 'what an order cites comes from trusted hosts',
  bindsExits: false,
  judge: (patterns, { evidence }) => {
    const untrusted = (evidence ?? []).filter(({ host }) => !isTrusted(patterns, host)).length;
    return untrusted === 0
      ? []
      : [deny('SOURCE_UNTRUSTED', `${untrusted} of the cited sources are not of a trusted host`)];
  },
});
