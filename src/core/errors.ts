// The one error class and the one catalogue of codes. A denial is not an error: see verdict.ts.

/** Exit codes of the CLI, documented in README.md and stable. */
export const exitCodes = { ok: 0, user: 2, boundary: 3, fault: 70 } as const;

/** Kind of failure: `user` is mended by the user, `boundary` means a promise does not hold, `fault` is our bug or the machine's. */
export type ErrorKind = 'user' | 'boundary' | 'fault';

/** Every code the program can end with, and its kind. */
export const errorCatalogue = {
  USAGE: 'user',
  CONFIG_INVALID: 'user',
  CONFIG_MODE_LOOSE: 'user',
  CONFIG_NOT_FOUND: 'user',
  CONFIG_UNTRUSTED: 'user',
  PROFILE_UNKNOWN: 'user',
  PROFILE_INVALID: 'user',
  MODE_UNAVAILABLE: 'user',
  WORKDIR_INVALID: 'user',
  WORKDIR_HOLDS_SECRET: 'user',
  WORKDIR_UNSEARCHED: 'user',
  NAME_TAKEN: 'user',
  NAME_INVALID: 'user',
  BOX_UNKNOWN: 'user',
  BOX_NOT_RUNNING: 'user',
  BOX_TAINTED: 'user',
  ENGINE_UNREACHABLE: 'user',
  ENGINE_TOO_OLD: 'user',
  ENGINE_UNSUITABLE: 'user',
  IMAGE_BUILD_FAILED: 'user',
  IMAGE_BASE_UNAVAILABLE: 'user',
  DISK_FULL: 'user',
  ADDRESS_SPACE_EXHAUSTED: 'user',
  VAULT_LOCKED: 'user',
  VAULT_PASSPHRASE_WRONG: 'user',
  VAULT_CORRUPT: 'user',
  SECRET_MISSING: 'user',
  SECRET_INVALID: 'user',
  SECRET_SOURCE_FAILED: 'user',
  ACCOUNT_BUSY: 'user',
  ACCOUNT_UNCHECKED: 'user',
  CLOCK_SKEWED: 'user',
  EVIDENCE_MISSING: 'user',
  GUARDRAILS_LOOSER: 'user',
  KEY_CAN_WITHDRAW: 'user',
  KEY_OF_OTHER_ENVIRONMENT: 'user',
  ISOLATION_UNAVAILABLE: 'user',
  BOUNDARY_BROKEN: 'boundary',
  JOURNAL_BUSY: 'user',
  JOURNAL_BROKEN: 'boundary',
  SIDECAR_FAILED: 'fault',
  FAULT: 'fault',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCatalogue;

/** An ended operation: what happened in one sentence, what to do in another. Neither may hold a secret (S2). */
export class TradeboxError extends Error {
  override readonly name = 'TradeboxError';
  readonly code: ErrorCode;
  /** One imperative sentence; empty only for faults. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy ?? '';
  }

  get kind(): ErrorKind {
    return errorCatalogue[this.code];
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
