// Names and labels of a box's engine objects: the only thing that says "this is ours" (S12).
import { TradeboxError } from '../core/errors.js';

/** Lower-case letters, digits and inner hyphens; short enough for a host name with our prefix and suffix. */
const boxName = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Throws NAME_INVALID. */
export function assertBoxName(name: string): void {
  if (boxName.test(name)) return;
  throw new TradeboxError('NAME_INVALID', `"${name}" can't be the name of a box.`, {
    remedy:
      'Use 1 to 40 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.',
  });
}

/** BOX_UNKNOWN. `more` goes on with the sentence; a name that is longer than any box's is shown in part. */
export function unknownBox(
  name: string,
  { more = '', remedy = 'List the boxes with `tradebox ps`.' } = {},
): TradeboxError {
  return new TradeboxError('BOX_UNKNOWN', `there is no box named "${name.slice(0, 60)}"${more}`, { remedy });
}

export interface ObjectNames {
  agent: string;
  sidecar: string;
  inside: string;
  egress: string;
}

/** A mark of the box's id is part of them: a box that goes and its successor of the same name can be there at once. */
export function objectNames({ name, id }: Pick<BoxIdentity, 'name' | 'id'>): ObjectNames {
  const mark = markOf(id);
  return {
    agent: `tradebox-${name}-${mark}-agent`,
    sidecar: `tradebox-${name}-${mark}-sidecar`,
    inside: `tradebox-${name}-${mark}-inside`,
    egress: `tradebox-${name}-${mark}-egress`,
  };
}

/** What of a box's id stands in the names of its objects. */
export const markOf = (id: string): string => id.slice(0, 4);

/** True for an object that bears the name its labels call for: of a box, or a probe's. A label alone is nobody's proof. */
export function bearsItsName(object: { name: string; labels: Readonly<Record<string, string>> }): boolean {
  const {
    [labelNames.box]: name = '',
    [labelNames.id]: id = '',
    [labelNames.role]: role = '',
  } = object.labels;
  if (role === 'probe') {
    return object.name.startsWith(`tradebox-${name}-probe-`) || object.name === `tradebox-${name}-boot`;
  }
  return Object.entries(objectNames({ name, id })).some(
    // Boxes made before names had a mark must stay removable.
    ([each, wanted]) => each === role && [wanted, `tradebox-${name}-${role}`].includes(object.name),
  );
}

export const labelNames = {
  box: 'tradebox.box',
  id: 'tradebox.id',
  role: 'tradebox.role',
  profile: 'tradebox.profile',
  mode: 'tradebox.mode',
  paper: 'tradebox.paper',
  created: 'tradebox.created',
  hash: 'tradebox.hash',
  image: 'tradebox.image',
  isolation: 'tradebox.isolation',
} as const;

export type Role = 'agent' | 'sidecar' | 'inside' | 'egress' | 'probe';

/** What every object of a box carries, so that `ps` can tell the truth without our own files. */
export interface BoxIdentity {
  name: string;
  /** Random, new for every box: tells a box from its successor of the same name. */
  id: string;
  profile: string;
  mode: string;
  isPaper: boolean;
  /** ISO 8601. */
  createdAt: string;
}

export function labelsOf(identity: BoxIdentity, role: Role): Record<string, string> {
  return {
    [labelNames.box]: identity.name,
    [labelNames.id]: identity.id,
    [labelNames.role]: role,
    [labelNames.profile]: identity.profile,
    [labelNames.mode]: identity.mode,
    [labelNames.paper]: String(identity.isPaper),
    [labelNames.created]: identity.createdAt,
  };
}
