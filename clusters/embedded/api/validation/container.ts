/** Containers of a Pod, and what they mount, listen on and are probed by. */
import { dnsLabel, envName, headerName, portName, portNumber, portNumberOrName } from './names.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidFor,
  notFoundValue,
  type Problem,
  required,
  unsupported,
  type Value,
} from './problem.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

function ports(field: string, given: Value[] = []): Problem[] {
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const [index, { name, containerPort, hostPort, protocol }] of given.entries()) {
    const place = `${field}[${index}]`;
    if (name) {
      const complaints = portName(name);
      problems.push(...invalidFor(`${place}.name`, name, complaints));
      if (complaints.length === 0 && names.has(name)) problems.push(duplicate(`${place}.name`, name));
      if (complaints.length === 0) names.add(name);
    }
    if (!containerPort) problems.push(required(`${place}.containerPort`));
    else problems.push(...invalidFor(`${place}.containerPort`, containerPort, portNumber(containerPort)));
    if (hostPort) problems.push(...invalidFor(`${place}.hostPort`, hostPort, portNumber(hostPort)));
    if (!protocols.includes(protocol)) problems.push(unsupported(`${place}.protocol`, protocol, protocols));
  }
  return problems;
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'];

function env(field: string, given: Value[] = []): Problem[] {
  return given.flatMap(({ name, value, valueFrom }, index) => {
    const place = `${field}[${index}]`;
    const problems = name ? invalidFor(`${place}.name`, name, envName(name)) : [required(`${place}.name`)];
    if (valueFrom === undefined) return problems;
    const count = sources.filter((each) => valueFrom[each] !== undefined).length;
    const of = `${place}.valueFrom`;
    if (count === 0)
      problems.push(
        invalid(of, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'),
      );
    else if (value) problems.push(invalid(of, '', 'may not be specified when `value` is not empty'));
    else if (count > 1) problems.push(invalid(of, '', 'may not have more than one field specified at a time'));
    for (const each of ['configMapKeyRef', 'secretKeyRef']) {
      const reference = valueFrom[each];
      if (reference && !reference.name) problems.push(required(`${of}.${each}.name`));
      if (reference && !reference.key) problems.push(required(`${of}.${each}.key`));
    }
    return problems;
  });
}

function volumeMounts(field: string, given: Value[] = [], volumes: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  const paths = new Set<string>();
  for (const [index, { name = '', mountPath = '', subPath = '' }] of given.entries()) {
    const place = `${field}[${index}]`;
    if (name === '') problems.push(required(`${place}.name`));
    if (!volumes.has(name)) problems.push(notFoundValue(`${place}.name`, name));
    if (mountPath === '') problems.push(required(`${place}.mountPath`));
    if (paths.has(mountPath)) problems.push(invalid(`${place}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (subPath.startsWith('/')) problems.push(invalid(`${field}.subPath`, subPath, 'must be a relative path'));
    if (subPath.split('/').includes('..')) problems.push(invalid(`${field}.subPath`, subPath, "must not contain '..'"));
  }
  return problems;
}

const handlers: Record<string, (field: string, action: Value) => Problem[]> = {
  exec: (field, { command = [] }) => (command.length === 0 ? [required(`${field}.command`)] : []),
  httpGet: (field, { path, port = 0, scheme, httpHeaders = [] }) => [
    ...(path ? [] : [required(`${field}.path`)]),
    ...invalidFor(`${field}.port`, port, portNumberOrName(port)),
    ...(['HTTP', 'HTTPS'].includes(scheme) ? [] : [unsupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS'])]),
    ...httpHeaders.flatMap(({ name = '' }: Value) => invalidFor(`${field}.httpHeaders`, name, headerName(name))),
  ],
  tcpSocket: (field, { port = 0 }) => invalidFor(`${field}.port`, port, portNumberOrName(port)),
  grpc: (field, { port = 0 }) => invalidFor(`${field}.port`, port, portNumber(port)),
  sleep: () => [],
};

function handler(field: string, value: Value): Problem[] {
  const [first, ...more] = Object.keys(handlers).filter((each) => value[each] !== undefined);
  if (first === undefined) return [required(field, 'must specify a handler type')];
  return [
    ...(handlers[first] as (typeof handlers)[string])(`${field}.${first}`, value[first]),
    ...more.map((each) => forbidden(`${field}.${each}`, 'may not specify more than 1 handler type')),
  ];
}

const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function probe(field: string, value: Value, kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe'): Problem[] {
  if (value === undefined) return [];
  const problems = handler(field, value);
  for (const each of counts)
    if (value[each] < 0) problems.push(invalid(`${field}.${each}`, value[each], 'must be greater than or equal to 0'));
  const grace = value.terminationGracePeriodSeconds;
  const of = `${field}.terminationGracePeriodSeconds`;
  if (grace <= 0) problems.push(invalid(of, grace, 'must be greater than 0'));
  if (kind === 'readinessProbe') {
    if (grace !== undefined) problems.push(invalid(of, grace, 'must not be set for readinessProbes'));
  } else if (value.successThreshold !== 1)
    problems.push(invalid(`${field}.successThreshold`, value.successThreshold, 'must be 1'));
  return problems;
}

export interface ContainerRules {
  volumes: ReadonlySet<string>;
  /** Init containers run to their end: nothing probes them, unless they are kept running beside the others. */
  init: boolean;
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export function container(field: string, value: Value, { volumes, init }: ContainerRules): Problem[] {
  const { name, image, imagePullPolicy, terminationMessagePolicy, restartPolicy, lifecycle = {} } = value;
  const problems = name ? invalidFor(`${field}.name`, name, dnsLabel(name)) : [required(`${field}.name`)];
  if (!image) problems.push(required(`${field}.image`));
  const message = ['File', 'FallbackToLogsOnError'];
  if (!message.includes(terminationMessagePolicy))
    problems.push(unsupported(`${field}.terminationMessagePolicy`, terminationMessagePolicy, message));
  problems.push(...ports(`${field}.ports`, value.ports));
  problems.push(...env(`${field}.env`, value.env));
  problems.push(...volumeMounts(`${field}.volumeMounts`, value.volumeMounts, volumes));
  const pull = ['Always', 'IfNotPresent', 'Never'];
  if (!pull.includes(imagePullPolicy)) problems.push(unsupported(`${field}.imagePullPolicy`, imagePullPolicy, pull));

  const sidecar = init && restartPolicy === 'Always';
  if (init && !sidecar) {
    const never = 'may not be set for init containers without restartPolicy=Always';
    for (const each of ['lifecycle', ...probes])
      if (value[each] !== undefined) problems.push(forbidden(`${field}.${each}`, never));
    if (restartPolicy !== undefined) problems.push(unsupported(`${field}.restartPolicy`, restartPolicy, ['Always']));
    return problems;
  }
  if (!init && restartPolicy !== undefined)
    problems.push(forbidden(`${field}.restartPolicy`, 'may not be set for non-init containers'));
  for (const each of ['postStart', 'preStop'])
    if (lifecycle[each] !== undefined) problems.push(...handler(`${field}.lifecycle.${each}`, lifecycle[each]));
  for (const each of probes) problems.push(...probe(`${field}.${each}`, value[each], each));
  return problems;
}

/** Two containers of a Pod cannot have the same port of their host. */
export function hostPorts(field: string, containers: Value[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, { ports: given = [] }] of containers.entries())
    for (const [at, { protocol, hostIP = '', hostPort }] of given.entries()) {
      if (!hostPort) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (seen.has(key)) problems.push(duplicate(`${field}[${index}].ports[${at}].hostPort`, key));
      seen.add(key);
    }
  return problems;
}
