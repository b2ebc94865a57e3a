// Types of boundaries.mjs for the tests.
export interface BoundaryViolation {
  rule: string;
  from: string;
  to: string;
  remedy: string;
}
export function cruiseBoundaries(
  root: string,
): Promise<{ modules: string[]; violations: BoundaryViolation[] }>;
export function boundaryRules(): string[];
