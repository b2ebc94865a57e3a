// The taint of a box as the host sees it: folded out of the journal, which the sidecar's end does not clear.
import { z } from 'zod';
import { readTaint } from '../../audit/read-taint.js';
import { TradeboxError } from '../../core/errors.js';
import { boxPaths } from '../../sandbox/box-paths.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { taintSchema } from '../../sidecar/taint-schema.js';
import type { CliContext } from '../context.js';

/** The part of the launch record (request.ts) that counts here. */
const launchTaintSchema = z.object({ taint: taintSchema.optional() });

type Places = { paths: Pick<CliContext['paths'], 'stateDir'> };

export interface BoxFindings {
  isTainted: boolean;
  evidence: number;
  /** The words of the newest piece that is kept; null without any. */
  lastEvidence: string | null;
  /** Why new guardrails are not in force; null when none wait. */
  guardrailsProblem: string | null;
}

const nothingFound: BoxFindings = {
  isTainted: false,
  evidence: 0,
  lastEvidence: null,
  guardrailsProblem: null,
};

/** The severities that a launch record names. */
export const taintPolicyOf = (launch: unknown) => launchTaintSchema.safeParse(launch).data?.taint;

/** Of a box that is recorded; untainted when nothing is known of it. A journal that cannot be read counts as evidence (S11). */
export function boxTaint({ paths }: Places, name: string): BoxFindings {
  const record = recordIfReadable(paths.stateDir, name);
  if (record === undefined) return nothingFound;
  const policy = taintPolicyOf(record.launch);
  try {
    const {
      sandboxId,
      isTainted,
      count,
      evidence,
      guardrailsProblem = null,
    } = readTaint(boxPaths(paths.stateDir, name).journal, policy);
    // The journal of a name goes on: what an earlier box did is not this one's.
    if (sandboxId !== record.id) return nothingFound;
    const lastEvidence = evidence.at(-1)?.message ?? null;
    return { isTainted, evidence: count, lastEvidence, guardrailsProblem };
  } catch {
    return { ...nothingFound, isTainted: true, evidence: 1, lastEvidence: 'the journal cannot be read' };
  }
}

/**
 * A tainted box that has ended is not simply run again under its name: that would clear the taint without anybody looking.
 * @throws TradeboxError BOX_TAINTED
 */
export function assertUntainted(places: Places, name: string): void {
  const { isTainted, evidence } = boxTaint(places, name);
  if (!isTainted) return;
  throw new TradeboxError(
    'BOX_TAINTED',
    `the box ${name} is tainted: its journal holds ${evidence} pieces of evidence that it misbehaved`,
    {
      remedy: `Look at \`tradebox audit show ${name} --type taint\`, then start a clean box with \`tradebox reset ${name}\`.`,
    },
  );
}
