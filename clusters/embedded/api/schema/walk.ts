/** Finds the structs of certain types within an object. */
import type { Value } from '../validation/problem.ts';
import { type Field, fieldsOf } from './schema.ts';

const innermost = (field: Field): Field => (field.item ? innermost(field.item) : field);

/** A function that calls the visitor of each struct's type, if it has one, and then those of what is in it. */
export function walkStructs(visitors: Record<string, (value: Value) => void>): (value: Value, field: Field) => void {
  /** Whether a type or what it is made of is visited: most of an object is not, and not looked at. */
  const interesting = new Map<string, boolean>();

  function isVisited(struct: string): boolean {
    const known = interesting.get(struct);
    if (known !== undefined) return known;
    // a type within itself adds nothing to the answer
    interesting.set(struct, false);
    const found =
      visitors[struct] !== undefined ||
      [...fieldsOf(struct).values()].map(innermost).some(({ kind, type }) => kind === 'struct' && isVisited(type));
    interesting.set(struct, found);
    return found;
  }

  return function visit(value, field) {
    if (value === undefined || value === null) return;
    if (field.kind === 'list') for (const item of value) visit(item, field.item as Field);
    else if (field.kind === 'map') for (const item of Object.values(value)) visit(item, field.item as Field);
    else if (field.kind === 'struct' && isVisited(field.type)) {
      visitors[field.type]?.(value);
      for (const [name, inner] of fieldsOf(field.type))
        if (innermost(inner).kind === 'struct') visit(value[name], inner);
    }
  };
}
