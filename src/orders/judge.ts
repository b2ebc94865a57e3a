// The contract between the order desk and whoever judges orders: rules, modes and tiers of approval.
import type { AssessmentRecord, ExplanationRecord, ReasonRecord, ToldRecord } from '../audit/order-events.js';
import type { OrderIntent } from '../core/order.js';
import type { OrderEntry } from './ledger.js';

export interface Judgement {
  decision: 'allow' | 'hold' | 'deny';
  /** Approvals by different people; 0 unless held. */
  approvals: number;
  reasons: readonly ReasonRecord[];
  /** Worth of the whole request, plain decimal; absent when no price is at hand. */
  notional?: string;
  /** Of `notional`: that of the guardrails, else the quote currency. Absent: not known, or several. */
  currency?: string;
  /** What the rules were told, for the journal: asked for once, if the order is recorded. Of a proposal. */
  told?: () => ToldRecord;
  /** From here only exits leave the account, until a human resumes. */
  latch?: Latch;
}

export interface ExitQuestion extends Pick<Question, 'operation' | 'intents'> {
  /** The same request, where it was proposed before. */
  entry?: OrderEntry | undefined;
}

export interface Latch {
  cause: string;
  /** What waits or was approved ends, too, but for what the venue holds to reducing. */
  endsWaiting?: true;
}

export interface Question {
  operation: string;
  intents: readonly OrderIntent[];
  /** Digest of what is traded alone. */
  likeness: string;
  /** `release`: the order was approved before and is about to leave. */
  stage: 'proposal' | 'release';
  /** The request as it was proposed; at release only. */
  entry?: OrderEntry;
  /** What the agent said of it; of a proposal, the entry holds it afterwards. */
  explanation?: ExplanationRecord | undefined;
  /** Approved orders of which a request is about to leave; of a proposal. */
  leaving?: ReadonlySet<string>;
}

export interface Judge {
  /** Learns what the rules will ask of the outside: prices, terms, positions. Never rejects: what is missing denies later. */
  prepare(intents: readonly OrderIntent[]): Promise<void>;
  /** Pure but for what `prepare` learned and the ledger. A throw denies (S11). */
  judge(question: Question): Judgement;
  /** Whether a request can only make smaller what is held, from what `prepare` learned. Absent: only the venue's own word counts. */
  isExit?(question: ExitQuestion): boolean;
  /** What a human should know of a request that was just judged and is held; from what `prepare` learned. */
  assess?(question: Question): AssessmentRecord;
}
