// What the sidecar counts and remembers while it runs: counters, taints, nonces. The journal stays the source of truth.
import type { Journal } from '../audit/journal.js';
import {
  type FoldedRecord,
  foldTaint,
  type TaintPolicy,
  type TaintState,
  untainted,
} from '../audit/taint.js';
import type { Clock } from '../core/clock.js';
import type { PolicyReply, RotateReply, SecretChange, SidecarStatus } from './control.js';
import type { OrderControl } from './orders/order-control.js';
import { protocolVersion, type Settings } from './settings.js';

/** What the control server needs of the running sidecar. */
export interface SidecarState {
  status(): SidecarStatus;
  /** Replaces the rules at once. @throws TradeboxError CONFIG_INVALID; the old ones stay. */
  loadPolicy(policy: unknown, attached: readonly string[]): PolicyReply;
  /** Journals that a new policy was refused before it got here. */
  rejectPolicy(message: string): void;
  /** Journals evidence of misbehaviour, once for each that says the same. */
  noteEvidence(cause: string, message: string): void;
  /** Switches secrets to new values. @throws TradeboxError CONFIG_INVALID, SECRET_INVALID; the old ones stay. */
  rotate(changes: readonly SecretChange[], isReread?: boolean): RotateReply;
  /** What the operator can do about orders. */
  orders: OrderControl;
  /** Closes the journal and ends the process's work. */
  shutdown(reason: string): Promise<void>;
}

/** A burst of so many requests may have drawn its nonces ahead of the clock when it was last written. */
const nonceLeadMs = 1_000;

export class Tally {
  allowed = 0;
  denied = 0;
  completed = 0;
  scrubbed = 0;
  openConnections = 0;
  /** Hears of evidence that taints the box. */
  onTaint: ((message: string) => void) | undefined;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #nonces = new Map<string, bigint>();
  #firstNonce = 0n;
  readonly #taintPolicy: TaintPolicy;
  #taint: TaintState = untainted;

  constructor(clock: Clock, taintPolicy: TaintPolicy = {}) {
    this.#clock = clock;
    this.#taintPolicy = taintPolicy;
    this.#startMs = clock.nowMs();
  }

  get isTainted(): boolean {
    return this.#taint.isTainted;
  }

  /** The fold over the journal so far. */
  get taint(): TaintState {
    return this.#taint;
  }

  /** Takes one more record of the journal into account: an earlier one at the start, each new one after it is written. */
  observe(record: FoldedRecord): void {
    const { count } = this.#taint;
    this.#taint = foldTaint(this.#taint, record, this.#taintPolicy);
    if (this.#taint.count <= count) return;
    const last = this.#taint.evidence.at(-1);
    if (last?.severity === 'taint') this.onTaint?.(last.message);
  }

  /** An earlier run of the box wrote its last record then: new nonces begin behind its own, wherever the clock stands by now. */
  continueAfter(at: string): void {
    this.#firstNonce = BigInt(Date.parse(at) + nonceLeadMs);
  }

  /** C4: strictly increasing per credential, and past those of every earlier run of the box. */
  nextNonce(credentialId: string): bigint {
    const last = this.#nonces.get(credentialId) ?? this.#firstNonce;
    const nowMs = BigInt(this.#clock.nowMs());
    const nonce = nowMs > last ? nowMs : last + 1n;
    this.#nonces.set(credentialId, nonce);
    return nonce;
  }

  status(
    settings: Pick<Settings, 'sandbox' | 'mode' | 'paper' | 'nameServers'>,
    ca: string,
    journal: Pick<Journal, 'head'>,
  ): SidecarStatus {
    const { allowed, denied, completed, scrubbed, openConnections } = this;
    const { rss, heapUsed } = process.memoryUsage();
    return {
      protocol: protocolVersion,
      sandbox: settings.sandbox.name,
      mode: settings.mode,
      paper: settings.paper !== undefined,
      uptimeMs: this.#clock.nowMs() - this.#startMs,
      nowMs: this.#clock.nowMs(),
      ca,
      head: journal.head(),
      counters: { allowed, denied, completed, scrubbed, openConnections },
      isTainted: this.#taint.isTainted,
      taints: [...this.#taint.evidence],
      memory: { rssBytes: rss, heapUsedBytes: heapUsed },
      ...(settings.nameServers === undefined ? {} : { nameServers: settings.nameServers }),
    };
  }
}
