/** Containers of a Pod, and what they mount, listen on and are probed by. */
import { dnsLabel, envName, headerName, portName, portNumber, portNumberOrName, relativePath } from './names.ts';
import type { Place, Value } from './problem.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

function ports(list: Place): void {
  const names = new Set<string>();
  for (const port of list.items()) {
    const name = port.at('name');
    if (name.value && name.follow(portName)) name.unique(names);
    port.at('containerPort').present(portNumber);
    port.at('hostPort').optional(portNumber);
    port.at('protocol').oneOf(protocols);
  }
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'];

function env(list: Place): void {
  for (const variable of list.items()) {
    variable.at('name').present(envName);
    const from = variable.at('valueFrom');
    if (from.value === undefined) continue;
    const count = sources.filter((each) => from.value[each] !== undefined).length;
    if (count === 0)
      from.invalid('must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`', '');
    else if (variable.value.value) from.invalid('may not be specified when `value` is not empty', '');
    else if (count > 1) from.invalid('may not have more than one field specified at a time', '');
    for (const reference of [from.at('configMapKeyRef'), from.at('secretKeyRef')])
      if (reference.value) {
        reference.at('name').present();
        reference.at('key').present();
      }
  }
}

function volumeMounts(list: Place, volumes: ReadonlySet<string>): void {
  const paths = new Set<string>();
  for (const mount of list.items()) {
    const { name = '', mountPath = '', subPath = '' } = mount.value;
    mount.at('name').present();
    if (!volumes.has(name)) mount.at('name').notFound(name);
    mount.at('mountPath').present();
    if (paths.has(mountPath)) mount.at('mountPath').invalid('must be unique', mountPath);
    paths.add(mountPath);
    list.at('subPath').follow(relativePath, subPath);
  }
}

const handlers: Record<string, (action: Place) => void> = {
  exec: (action) => {
    if (action.at('command').items().length === 0) action.at('command').required();
  },
  httpGet: (action) => {
    action.at('path').present();
    action.at('port').follow(portNumberOrName, action.value.port ?? 0);
    action.at('scheme').oneOf(['HTTP', 'HTTPS']);
    const headers = action.at('httpHeaders');
    for (const { value } of headers.items()) headers.follow(headerName, value.name ?? '');
  },
  tcpSocket: (action) => void action.at('port').follow(portNumberOrName, action.value.port ?? 0),
  grpc: (action) => void action.at('port').follow(portNumber, action.value.port ?? 0),
  sleep: () => {},
};

function handler(place: Place): void {
  const [first, ...more] = Object.keys(handlers).filter((each) => place.value[each] !== undefined);
  if (first === undefined) return place.required('must specify a handler type');
  handlers[first]?.(place.at(first));
  place.without('may not specify more than 1 handler type', ...more);
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function probe(place: Place, isReadiness: boolean): void {
  if (place.value === undefined) return;
  handler(place);
  place.nonNegative(...counts);
  const grace = place.at('terminationGracePeriodSeconds');
  grace.positive();
  if (!isReadiness) {
    if (place.value.successThreshold !== 1) place.at('successThreshold').invalid('must be 1');
  } else if (grace.value !== undefined) grace.invalid('must not be set for readinessProbes');
}

/**
 * `volumes` are those that it may mount. Init containers run to their end: nothing probes them, unless they are kept
 * running beside the others.
 */
export function container(place: Place, volumes: ReadonlySet<string>, isInit: boolean): void {
  place.at('name').present(dnsLabel);
  place.at('image').present();
  place.at('terminationMessagePolicy').oneOf(['File', 'FallbackToLogsOnError']);
  ports(place.at('ports'));
  env(place.at('env'));
  volumeMounts(place.at('volumeMounts'), volumes);
  place.at('imagePullPolicy').oneOf(['Always', 'IfNotPresent', 'Never']);

  const restart = place.at('restartPolicy');
  if (isInit && restart.value !== 'Always') {
    place.without('may not be set for init containers without restartPolicy=Always', 'lifecycle', ...probes);
    if (restart.value !== undefined) restart.unsupported(['Always']);
    return;
  }
  if (!isInit) place.without('may not be set for non-init containers', 'restartPolicy');
  for (const action of [place.at('lifecycle').at('postStart'), place.at('lifecycle').at('preStop')])
    if (action.value !== undefined) handler(action);
  for (const each of probes) probe(place.at(each), each === 'readinessProbe');
}

/** Two containers of a Pod cannot have the same port of their host. */
export function hostPorts(containers: Place): void {
  const seen = new Set<string>();
  for (const port of containers.items().flatMap((each) => each.at('ports').items())) {
    const { protocol, hostIP = '', hostPort }: Value = port.value;
    if (hostPort) port.at('hostPort').unique(seen, `${protocol}/${hostIP}/${hostPort}`);
  }
}
