// The keys a zod schema knows at a path: what an unknown key is compared with.
import { z } from 'zod';

/** The keys of the object at a path; empty where the schema has no object with fixed keys there. */
export function keysAt(schema: z.core.$ZodType, path: readonly (string | number)[]): string[] {
  let here: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    if (here === undefined) return [];
    here = childOf(here, part);
  }
  const object = here === undefined ? undefined : unwrap(here);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function childOf(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  const plain = unwrap(schema);
  if (plain instanceof z.ZodObject) return plain.shape[String(part)];
  if (plain instanceof z.ZodRecord) return plain.valueType;
  if (plain instanceof z.ZodArray) return plain.element;
  return undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let here = schema;
  for (;;) {
    if (here instanceof z.ZodOptional || here instanceof z.ZodDefault || here instanceof z.ZodPrefault) {
      here = here.def.innerType;
    } else if (here instanceof z.ZodPipe) here = here.def.in;
    else return here;
  }
}
