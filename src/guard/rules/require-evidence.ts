// Rule: an order is announced with sources, and this box fetched them lately. What it never fetched is a hallucination.
import { defineRule, deny, measured } from '../rule.js';

export const requireEvidence = defineRule({
  key: 'requireEvidence',
  summary: 'every order cites sources that this box fetched itself',
  bindsExits: false,
  judge: ({ sources, withinMinutes }, { nowMs, evidence = [] }) => {
    const unread = evidence.filter(
      ({ fetchedMs }) => fetchedMs === undefined || nowMs - fetchedMs > withinMinutes * 60_000,
    ).length;
    const cited = new Set(evidence.map(({ url }) => url)).size;
    return [
      ...(cited < sources
        ? [deny('EVIDENCE_MISSING', `the order cites ${cited} sources, ${sources} are wanted`)]
        : []),
      ...(unread === 0
        ? []
        : [
            deny(
              'HALLUCINATION',
              `hallucination: ${unread} of the cited sources were not fetched by this box in the last ${withinMinutes} min`,
            ),
          ]),
    ];
  },
  measure: ({ sources }, { evidence = [] }) => [
    measured('sources', 'sources', new Set(evidence.map(({ url }) => url)).size, sources, { isLeast: true }),
  ],
});
