// What a decision says. A denial is a value with reasons, not an error (STYLE: Errors).

/** A stable reason code and a sentence for the operator; the agent sees only the code's generic form. */
export interface Reason {
  code: string;
  message: string;
  /** Where the deciding line stands, `file:line` or a built-in table's name. */
  rule: string;
}

export type Verdict =
  | { decision: 'allow'; reasons: readonly Reason[] }
  | { decision: 'hold'; reasons: readonly Reason[] }
  | { decision: 'deny'; reasons: readonly Reason[] };

export const allow = (rule: string, message: string): Verdict => ({
  decision: 'allow',
  reasons: [{ code: 'PERMITTED', message, rule }],
});

export const deny = (code: string, message: string, rule: string): Verdict => ({
  decision: 'deny',
  reasons: [{ code, message, rule }],
});
