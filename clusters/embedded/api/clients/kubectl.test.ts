/** The real kubectl 1.34 against the server: what a person does with a cluster. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Store } from '../store.ts';
import { startRig } from '../testing.ts';

/** Built once into a cache; undefined where it cannot be had. */
function kubectl(): string | undefined {
  const script = fileURLToPath(new URL('../../../../scripts/tool.sh', import.meta.url));
  try {
    return execFileSync('sh', [script, 'kubectl'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch {
    return undefined;
  }
}

const program = kubectl();
const skip = program === undefined && 'kubectl is not in the cache and cannot be built here (no Go)';

interface Answer {
  code: number;
  out: string;
  err: string;
}

/** A server, and kubectl with its arguments in one line of text. */
async function kubectlRig(t: TestContext) {
  const rig = await startRig(t);
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  t.after(() => rmSync(home, { recursive: true }));
  const cluster = { server: rig.server.url };
  writeFileSync(
    join(home, 'config'),
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }),
  );
  /** Starts it. `says` waits for an output, `done` for its end. */
  const start = (line: string, stdin = '') => {
    const child = spawn(program as string, line.split(' '), {
      env: { KUBECONFIG: join(home, 'config'), HOME: home, PATH: '/usr/bin:/bin' },
    });
    t.after(() => child.kill());
    const answer = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => (answer.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (answer.err += data.toString()));
    const done = new Promise<Answer>((resolve) => {
      child.on('close', (code) => resolve({ code: code ?? -1, ...answer }));
    });
    child.stdin.end(stdin);
    const says = async (wanted: RegExp) => {
      while (!wanted.test(answer.out)) await once(child.stdout, 'data', { signal: AbortSignal.timeout(300_000) });
    };
    return { says, done };
  };
  return { ...rig, start, kubectl: (line: string, stdin?: string) => start(line, stdin).done };
}

const manifest = (replicas: number, image = 'node:24') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "${image}", ports: [{containerPort: 8080}], env: [{name: A, value: "1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
---
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: one}}
spec: {nodeName: node1, containers: [{name: main, image: "${image}"}]}
`;

/** Output, if the command succeeded. */
async function ok(answer: Promise<Answer>): Promise<string> {
  const { code, out, err } = await answer;
  assert.equal(code, 0, err);
  return out;
}

/** What the controllers would report of a Deployment that is rolled out. */
function rollOut(store: Store): void {
  const deployment = store.get('Deployment', 'default', 'web');
  const replicas = deployment?.['spec'].replicas;
  store.patch(
    'Deployment',
    'default',
    'web',
    {
      status: {
        observedGeneration: deployment?.metadata.generation,
        ...{ replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
      },
    },
    'status',
  );
}

test('apply creates, leaves alone, changes and removes', { skip }, async (t) => {
  const { kubectl, store } = await kubectlRig(t);
  assert.match(await ok(kubectl('apply -f -', manifest(2))), /deployment.apps\/web created\nservice\/web created/);
  const again = await ok(kubectl('apply -f -', manifest(2)));
  assert.deepEqual(again.match(/unchanged/g)?.length, 5, again);
  const address = store.get('Service', 'default', 'web')?.['spec'].clusterIP;
  const changed = await ok(
    kubectl('apply -f -', manifest(3).replace(', env: [{name: A, value: "1"}]', '').replace('port: 80', 'port: 81')),
  );
  assert.match(changed, /deployment.apps\/web configured\nservice\/web configured/);
  const deployment = store.get('Deployment', 'default', 'web');
  const [container] = deployment?.['spec'].template.spec.containers ?? [];
  assert.deepEqual([deployment?.['spec'].replicas, container.env, container.ports.length], [3, undefined, 1]);
  const { clusterIP, ports } = store.get('Service', 'default', 'web')?.['spec'] ?? {};
  assert.deepEqual([clusterIP, ports.length, ports[0].port], [address, 1, 81]);
  assert.match(
    (await kubectl('apply -f -', manifest(2).replace('replicas', 'replicsa'))).err,
    /unknown field "spec.replicsa"/,
  );
  assert.match(
    await ok(kubectl('delete --wait=false -f -', manifest(2))),
    /networkpolicy.networking.k8s.io "deny" deleted/,
  );
  assert.equal(store.get('Deployment', 'default', 'web'), undefined);
});

test('server-side apply owns its fields, and conflicts are told', { skip }, async (t) => {
  const { kubectl, store } = await kubectlRig(t);
  await ok(kubectl('apply --server-side -f -', manifest(2)));
  await ok(kubectl('scale deployment web --replicas=4'));
  const refused = await kubectl('apply --server-side -f -', manifest(2));
  assert.match(refused.err, /conflict with "kubectl\S*" with subresource "scale".*: \.spec\.replicas/);
  await ok(kubectl('apply --server-side --force-conflicts -f -', manifest(5)));
  assert.equal(store.get('Deployment', 'default', 'web')?.['spec'].replicas, 5);
  assert.match(
    await ok(kubectl('get deployment web -o yaml --show-managed-fields')),
    /manager: kubectl\n\s+operation: Apply/,
  );
});

test('get shows columns, wide ones, selections, YAML and what changes', { skip }, async (t) => {
  const { kubectl, start, store } = await kubectlRig(t);
  await ok(kubectl('apply -f -', manifest(2)));
  const wide = await ok(kubectl('get pods -o wide'));
  assert.match(
    wide,
    new RegExp(
      '^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n' +
        'one +0/1 +Pending +0 +\\d+s +<none> +node1',
    ),
  );
  assert.match(await ok(kubectl('get all,netpol,cm,ns -A')), /networkpolicy.networking.k8s.io\/deny +<none>/);
  assert.equal(await ok(kubectl('get pods -l app=one -o name')), 'pod/one\n');
  assert.equal((await kubectl('get pods -l app=none')).err, 'No resources found in default namespace.\n');
  assert.equal(await ok(kubectl('get svc web -o jsonpath={.spec.ports[0].targetPort}')), '8080');
  assert.match(await ok(kubectl('get deploy web -o yaml')), /maxSurge: 25%/);
  assert.match((await kubectl('get pod missing')).err, /Error from server \(NotFound\): pods "missing" not found/);
  const watched = start('get pods -w --output-watch-events');
  await watched.says(/ADDED +one +0\/1 +Pending/);
  store.patch('Pod', 'default', 'one', { status: { phase: 'Running' } }, 'status');
  await watched.says(/MODIFIED +one +0\/1 +Running/);
});

test('describe knows each kind', { skip }, async (t) => {
  const { kubectl } = await kubectlRig(t);
  await ok(kubectl('apply -f -', manifest(2)));
  assert.match(await ok(kubectl('describe pod one')), /Node: +node1\//);
  assert.match(await ok(kubectl('describe deploy web')), /Replicas: +2 desired/);
  assert.match(await ok(kubectl('describe svc web')), /TargetPort: +8080\/TCP/);
  assert.match(await ok(kubectl('describe netpol deny')), /Allowing ingress traffic:\n +<none>/);
  assert.match(await ok(kubectl('describe ns default')), /Status: +Active/);
  assert.match(await ok(kubectl('describe cm settings')), /a:\n----\nb/);
});

test('patch, label, annotate, scale, set and rollout change what they say', { skip }, async (t) => {
  const { kubectl, store } = await kubectlRig(t);
  await ok(kubectl('apply -f -', manifest(2)));
  const spec = () => store.get('Deployment', 'default', 'web')?.['spec'];
  await ok(kubectl('patch deploy web -p {"spec":{"replicas":3}}'));
  assert.equal(spec().replicas, 3);
  await ok(kubectl('patch deploy web --type merge -p {"spec":{"replicas":4}}'));
  await ok(
    kubectl(
      'patch deploy web --type json -p [{"op":"test","path":"/spec/replicas","value":4},' +
        '{"op":"replace","path":"/spec/replicas","value":5}]',
    ),
  );
  assert.equal(spec().replicas, 5);
  await ok(kubectl('scale deploy web --current-replicas=5 --replicas=6'));
  assert.equal(spec().replicas, 6);
  await ok(kubectl('label pod one app- tier=x'));
  await ok(kubectl('annotate pod one note=y'));
  const { labels, annotations } = store.get('Pod', 'default', 'one')?.metadata ?? {};
  assert.deepEqual([labels, annotations?.['note']], [{ tier: 'x' }, 'y']);
  await ok(kubectl('set image deploy/web web=node:25'));
  assert.equal(spec().template.spec.containers[0].image, 'node:25');
  await ok(kubectl('rollout restart deploy web'));
  assert.ok(spec().template.metadata.annotations['kubectl.kubernetes.io/restartedAt']);
  const following = kubectl('rollout status deploy web --timeout=300s');
  rollOut(store);
  assert.match(await ok(following), /successfully rolled out/);
  assert.match(await ok(kubectl('rollout history deploy web')), /No rollout history|REVISION/);
});

test('create, expose, run and delete speak protobuf where kubectl does', { skip }, async (t) => {
  const { kubectl, store } = await kubectlRig(t);
  await ok(kubectl('create deployment made --image=node:24 --replicas=3 --port=80'));
  await ok(kubectl('expose deployment made --port=80 --target-port=8080'));
  await ok(kubectl('create configmap made --from-literal=a=b'));
  await ok(kubectl('create secret generic made --from-literal=a=b'));
  await ok(kubectl('create namespace made'));
  await ok(kubectl('run made --image=node:24'));
  const { replicas, template } = store.get('Deployment', 'default', 'made')?.['spec'] ?? {};
  assert.deepEqual([replicas, template.spec.containers[0].ports], [3, [{ containerPort: 80, protocol: 'TCP' }]]);
  assert.deepEqual(store.get('Service', 'default', 'made')?.['spec'].ports, [
    { port: 80, protocol: 'TCP', targetPort: 8080 },
  ]);
  assert.deepEqual(store.get('Secret', 'default', 'made')?.['data'], { a: 'Yg==' });
  assert.equal(await ok(kubectl('auth can-i create pods')), 'yes\n');
  await ok(kubectl('delete deploy,svc,cm,secret,pod --all'));
  for (const kind of ['Deployment', 'Service', 'ConfigMap', 'Secret', 'Pod'])
    assert.deepEqual(store.list(kind, { namespace: 'default' }), [], kind);
});

test('logs, exec and attach reach the kubelet', { skip }, async (t) => {
  const { kubectl } = await kubectlRig(t);
  await ok(kubectl('apply -f -', manifest(1)));
  assert.equal(await ok(kubectl('logs one --tail=2')), 'first\nlast\n');
  assert.equal(await ok(kubectl('exec one -- echo hello there')), 'hello there\n');
  assert.equal(await ok(kubectl('exec -i one -c main -- cat', 'from stdin')), 'from stdin');
  assert.deepEqual(await kubectl('exec one -- both'), { code: 0, out: 'to stdout\n', err: 'to stderr\n' });
  assert.equal((await kubectl('exec one -- fail 42')).code, 42);
  assert.match((await kubectl('exec missing -- echo')).err, /pods "missing" not found/);
  assert.equal(await ok(kubectl('attach -i one -c main -q', 'to what runs')), 'to what runs');
});

test('what is invalid is refused with the path of the field', { skip }, async (t) => {
  const { kubectl } = await kubectlRig(t);
  const policy = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: bad}\n';
  const { err } = await kubectl(
    'apply -f -',
    `${policy}spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}`,
  );
  assert.equal(
    err,
    'The NetworkPolicy "bad" is invalid: spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": ' +
      'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)\n',
  );
});
