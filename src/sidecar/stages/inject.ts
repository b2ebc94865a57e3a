// Stage 4: plain credentials. The decoy must stand in its placement; anything else there never leaves (S5, ATTACKS B7).
import { type Denial, denial, type Stage } from '../stage.js';

const rule = 'built-in: credential placement';

export const inject: Stage = {
  name: 'inject',
  run({ host, head, placed, venue }, { credentials }): Denial | undefined {
    if (venue !== undefined) return undefined;
    const expected = credentials.plainFor(host);
    if (expected.length === 0) return undefined;
    for (const { header } of expected) {
      const field = head.fields.find(header);
      if (field < 0) continue;
      if (head.fields.names.indexOf(header, field + 1) >= 0) {
        return denial('CREDENTIAL_DUPLICATE', `the field ${header} is sent twice`, rule, 400);
      }
      if (!placed.some((one) => one.field === field)) {
        return denial('PLACEHOLDER_UNKNOWN', `the field ${header} holds no decoy of this box`, rule);
      }
    }
    if (placed.length > 0 || !credentials.isLlm(host)) return undefined;
    return denial('CREDENTIAL_MISSING', 'the request carries no decoy where its host expects one', rule);
  },
};
