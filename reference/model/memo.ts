/** What is made of an object is remembered for as long as that very object is in use. */
export function memoized<K extends object, V>(make: (object: K) => V): (object: K) => V {
  const known = new WeakMap<K, V>();
  return (object) => {
    if (!known.has(object)) known.set(object, make(object));
    return known.get(object) as V;
  };
}
