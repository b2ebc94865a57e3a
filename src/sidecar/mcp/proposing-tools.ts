// The agent's tools that say why: it cites what it read, and announces an order with its reasons. Neither places nor allows anything.
import { z } from 'zod';
import { parseUnsigned } from '../../core/decimal.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { isTrusted } from '../../guard/rules/trusted-news-sources.js';
import type { ProposalBook } from '../../orders/proposal-book.js';
import { citedUrl, type FetchLog } from '../orders/fetch-log.js';
import { type AgentTool, defineTool, type ToolAnswer } from './tool.js';

export interface ProposingParts {
  fetches: Pick<FetchLog, 'fetched'>;
  proposals: Pick<ProposalBook, 'add'>;
  /** The rules as they are at that moment; undefined where there are none. */
  guardrails(): Guardrails | undefined;
  nowMs(): number;
}

/** How old a source may be where no rule says it. */
const defaultWithinMinutes = 1_440;

const url = z.string().min(1).max(2_000);
const amount = z
  .string()
  .max(60)
  .refine((text) => parseUnsigned(text) !== undefined, 'a plain decimal, e.g. "0.5"');

export function proposingTools(parts: ProposingParts): AgentTool[] {
  return [
    defineTool({
      name: 'cite_source',
      description:
        'Checks a source before you rely on it: whether this sandbox itself fetched exactly that URL (HTTPS, GET, status 200) lately, and whether its host is trusted. Fetch the document first, then cite the final URL as you fetched it. A source that was never fetched is a hallucination and is refused as such.',
      input: z.strictObject({
        url: url.describe('The URL as it was fetched'),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional()
          .describe('SHA-256 (hex) of the document as you read it, to be held against what this sandbox got'),
      }),
      isReadOnly: true,
      call: ({ url: cited, sha256 }) => {
        const checked = check(cited, parts, sha256);
        return 'problem' in checked ? refused([checked]) : { value: checked };
      },
    }),
    defineTool({
      name: 'propose_order',
      description:
        'Announces the order that you are about to place, so that the human who decides sees why. Call it before every order. Give the instrument as the venue writes it, side and exact quantity (and price, unless at market), then: rationale, what you expect and why, in a few plain sentences; sources, the URLs you fetched and rely on; maxLoss, the most this order can lose before you would leave it, with its currency. Then place exactly that order at the venue within ten minutes: what you said is attached to it. It sends nothing and allows nothing by itself. If you cannot name a source or a maximum loss, do not trade.',
      input: z.strictObject({
        instrument: z.string().min(1).max(64).describe('As the venue writes it, e.g. BTC-USDT'),
        side: z.enum(['buy', 'sell']),
        quantity: amount.describe('Decimal in the unit of the order, e.g. "0.01"'),
        price: amount.optional().describe('Decimal; leave it out of a market order'),
        rationale: z.string().min(20).max(2_000),
        maxLoss: z.strictObject({ amount, currency: z.string().regex(/^[A-Za-z0-9]{2,12}$/) }),
        sources: z.array(url).max(10).default([]),
      }),
      isReadOnly: false,
      call: (given, { client }) => propose(given, parts, client),
    }),
  ];
}

interface Given {
  instrument: string;
  side: 'buy' | 'sell';
  quantity: string;
  price?: string | undefined;
  rationale: string;
  maxLoss: { amount: string; currency: string };
  sources: string[];
}

function propose(
  { sources, ...given }: Given,
  parts: ProposingParts,
  client: string | undefined,
): ToolAnswer {
  const checked = sources.map((source) => check(source, parts));
  const problems = checked.filter((each) => 'problem' in each);
  if (problems.length > 0) return refused(problems);
  const quantity = parseUnsigned(given.quantity);
  const price = parseUnsigned(given.price);
  if (quantity === undefined) return { isRefusal: true, value: { problem: 'the quantity is no decimal' } };
  parts.proposals.add({
    instrument: given.instrument,
    side: given.side,
    quantity,
    ...(price === undefined ? {} : { price }),
    explanation: {
      rationale: given.rationale,
      maxLoss: `${given.maxLoss.amount} ${given.maxLoss.currency}`,
      ...(client === undefined ? {} : { client }),
      sources: checked.flatMap((each) =>
        'problem' in each
          ? []
          : [
              {
                url: each.url,
                host: each.host,
                fetchedMs: each.fetchedMs,
                ...(each.sha256 === undefined ? {} : { sha256: each.sha256 }),
              },
            ],
      ),
    },
  });
  return { value: { announced: true, next: 'Place exactly this order at the venue within ten minutes.' } };
}

type Checked =
  | {
      url: string;
      host: string;
      fetchedMs: number;
      fetchedAt: string;
      sha256: string | undefined;
      isTrusted: boolean | 'no list';
    }
  | { cited: string; problem: string };

/** `claimed`: the hash of what the agent says it read. */
function check(
  cited: string,
  { fetches, guardrails, nowMs }: ProposingParts,
  claimed: string | undefined = undefined,
): Checked {
  const named = citedUrl(cited);
  if (named === undefined)
    return { cited, problem: 'hallucination: no box can fetch such a URL; cite an https:// one' };
  const { requireEvidence, trustedNewsSources } = guardrails() ?? {};
  const withinMinutes = requireEvidence?.withinMinutes ?? defaultWithinMinutes;
  const fetched = fetches.fetched(named);
  if (fetched === undefined || nowMs() - fetched.atMs > withinMinutes * 60_000) {
    const problem = `hallucination: this sandbox did not fetch it in the last ${withinMinutes} minutes (GET, status 200)`;
    return { cited, problem };
  }
  const { url: known, host } = named;
  const trusted = trustedNewsSources === undefined ? 'no list' : isTrusted(trustedNewsSources, host);
  if (trusted === false) return { cited, problem: 'its host is not among trustedNewsSources' };
  const { atMs: fetchedMs, sha256 } = fetched;
  // What was fetched before a rule asked for evidence is not proven to be what it is.
  if (sha256 === undefined && isEvidence(guardrails(), host))
    return { cited, problem: 'its content was not recorded when it was fetched; fetch it again' };
  if (claimed !== undefined && claimed !== sha256)
    return { cited, problem: 'hallucination: what this sandbox fetched has another SHA-256' };
  return {
    url: known,
    host,
    fetchedMs,
    fetchedAt: new Date(fetchedMs).toISOString(),
    sha256,
    isTrusted: trusted,
  };
}

/** Whether documents of the host may found an order, so that what they held is recorded. */
export function isEvidence(guardrails: Guardrails | undefined, host: string): boolean {
  const { requireEvidence, trustedNewsSources } = guardrails ?? {};
  if (trustedNewsSources !== undefined) return isTrusted(trustedNewsSources, host);
  return requireEvidence !== undefined;
}

function refused(problems: readonly Checked[]): ToolAnswer {
  return { isRefusal: true, value: { refused: problems } };
}
