/** What is made of an object is remembered for as long as that very object is in use. */
export function memoized<K extends object, V>(make: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, V>();
  return (object) => {
    if (!known.has(object)) known.set(object, make(object));
    return known.get(object) as V;
  };
}

/** The last answer is given again where the values that it was made of are the very same. */
export function lasting<A extends unknown[], V>(make: (...values: A) => V): (...values: A) => V {
  let last: { values: A; made: V } | undefined;
  return (...values) => {
    const isSame = last?.values.length === values.length && values.every((value, i) => value === last?.values[i]);
    if (last === undefined || !isSame) last = { values, made: make(...values) };
    return last.made;
  };
}

/** The last answer is given again where all fields but some, which `make` does not read, have the very same values. */
export function lastingBut<T extends object, V>(unread: (keyof T)[], make: (given: T) => V): (given: T) => V {
  let last: { values: unknown[]; made: V } | undefined;
  return (given) => {
    const names = Object.keys(given).toSorted() as (keyof T)[];
    const values = names.filter((name) => !unread.includes(name)).flatMap((name) => [name, given[name]]);
    const isSame = last?.values.length === values.length && values.every((value, i) => value === last?.values[i]);
    if (last === undefined || !isSame) last = { values, made: make(given) };
    return last.made;
  };
}
