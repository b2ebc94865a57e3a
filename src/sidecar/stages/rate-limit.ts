// Stage 7: a venue that said it is asked too often gets nothing but cancels until the time it named is over.
import { type Denial, denial, type Stage } from '../stage.js';

export const rateLimit: Stage = {
  name: 'rate-limit',
  run({ venue, classification, credential }, { rateLimits }): Denial | undefined {
    if (venue === undefined || classification === undefined || rateLimits === undefined) return undefined;
    if (classification.class === 'cancel') return undefined;
    const account = classification.isPublic ? undefined : credential?.id;
    const retryMs = rateLimits.waitMs({ venue, account });
    if (retryMs === 0) return undefined;
    const seconds = Math.ceil(retryMs / 1000);
    return {
      ...denial(
        'VENUE_LIMITED',
        `the venue asked to be left alone for ${seconds} s`,
        `${venue.id}: rate limit`,
        429,
      ),
      agentMessage: `The venue's rate limit is exceeded; try again in ${seconds} s. Cancels go through.`,
      retryMs,
    };
  },
};
