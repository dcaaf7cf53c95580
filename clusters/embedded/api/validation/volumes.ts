/** Volumes of a Pod: one source each, checked for the kinds that the embedded kubelet knows in detail. */
import { dnsLabel, relativePath, withoutParent } from './names.ts';
import type { Place } from './problem.ts';

const hostPathTypes = ' BlockDevice CharDevice Directory DirectoryOrCreate File FileOrCreate Socket'.split(' ');

function mode(place: Place): void {
  if (place.value > 0o777 || place.value < 0)
    place.invalid('must be a number between 0 and 0777 (octal), both inclusive');
}

/** A ConfigMap or Secret, which the field `name` names. */
const files = (name: string) => (source: Place) => {
  source.at(name).present();
  mode(source.at('defaultMode'));
  for (const item of source.at('items').items()) {
    const path = item.at('path');
    item.at('key').present();
    path.present();
    path.optional(relativePath);
    if (/^\.\.(?!\/)/.test(path.value ?? '')) path.invalid("must not start with '..'");
    mode(item.at('mode'));
  }
};

const sources: Record<string, (source: Place) => void> = {
  hostPath: (source) => {
    source.at('path').present(withoutParent);
    if (source.value.path && !hostPathTypes.includes(source.value.type ?? ''))
      source.at('type').unsupported(hostPathTypes);
  },
  secret: files('secretName'),
  configMap: files('name'),
  persistentVolumeClaim: (source) => source.at('claimName').present(),
};

/** Checks the volumes. Returns the names of those that a container may mount. */
export function volumes(list: Place): Set<string> {
  const names = new Set<string>();
  for (const volume of list.items()) {
    const { name = '', ...source } = volume.value;
    const before = volume.problems.length;
    const [first, ...more] = Object.keys(source);
    if (first !== undefined) sources[first]?.(volume.at(first));
    for (const each of more) volume.at(each).forbidden('may not specify more than 1 volume type');
    if (first === undefined) volume.required('must specify a volume type');
    volume.at('name').present(dnsLabel);
    if (names.has(name)) volume.at('name').duplicate();
    if (volume.problems.length === before) names.add(name);
  }
  return names;
}
