// The taint of a box as the host sees it: folded out of the journal, which the sidecar's end does not clear.
import { z } from 'zod';
import { readTaint } from '../../audit/read-taint.js';
import type { TaintEvidence } from '../../audit/taint.js';
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

interface Look {
  findings: BoxFindings;
  /** Oldest first; none where the journal cannot be read. */
  pieces: readonly TaintEvidence[];
  rules?: unknown;
}

/** The severities that a launch record names. */
export const taintPolicyOf = (launch: unknown) => launchTaintSchema.safeParse(launch).data?.taint;

/** Of a box that is recorded; untainted when nothing is known of it. A journal that cannot be read counts as evidence (S11). */
export function boxTaint(places: Places, name: string): BoxFindings {
  return lookInto(places, name).findings;
}

/** The same, each piece of evidence that is kept, and the document of the last guardrails that were in force; undefined when its journal tells none, null when it cannot be read. */
export function lookInto({ paths }: Places, name: string): Look {
  const record = recordIfReadable(paths.stateDir, name);
  const policy = taintPolicyOf(record?.launch);
  try {
    const {
      sandboxId,
      isTainted,
      count,
      evidence,
      guardrailsProblem = null,
      rules,
    } = readTaint(boxPaths(paths.stateDir, name).journal, policy);
    // The journal of a name goes on: what an earlier box did is not this one's.
    if (record === undefined || sandboxId !== record.id) return { findings: nothingFound, pieces: [], rules };
    const lastEvidence = evidence.at(-1)?.message ?? null;
    return {
      findings: { isTainted, evidence: count, lastEvidence, guardrailsProblem },
      pieces: evidence,
      rules,
    };
  } catch {
    const lastEvidence = 'the journal cannot be read';
    const findings =
      record === undefined ? nothingFound : { ...nothingFound, isTainted: true, evidence: 1, lastEvidence };
    return { findings, pieces: [], rules: null };
  }
}

/**
 * A tainted box that has ended is not simply run again under its name: that would clear the taint without anybody looking.
 * Returns its last rules, as `lastRules`. @throws TradeboxError BOX_TAINTED
 */
export function assertUntainted(places: Places, name: string): unknown {
  const { findings, rules } = lookInto(places, name);
  const { isTainted, evidence } = findings;
  if (!isTainted) return rules;
  throw new TradeboxError(
    'BOX_TAINTED',
    `the box ${name} is tainted: its journal holds ${evidence === 1 ? '1 piece' : `${evidence} pieces`} of evidence that it misbehaved`,
    {
      remedy: `Look at \`tradebox audit show ${name} --type taint\`, then start a clean box with \`tradebox reset ${name}\`.`,
    },
  );
}

/** The document of the guardrails that were last in force in a box of this name; undefined when its journal tells none, null when it cannot be read. */
export function lastRules(places: Places, name: string): unknown {
  return lookInto(places, name).rules;
}
