import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { lackingOf, type Need, sentenceOf, userOf } from './index.ts';

interface Review {
  spec: {
    resourceAttributes: { group: string; resource: string; subresource: string; namespace: string; verb: string };
  };
}

/** Refuses to create anything below Pods, and to delete in kube-system. */
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    if (request.url?.endsWith('selfsubjectreviews')) {
      return response.writeHead(201).end(JSON.stringify({ status: { userInfo: { username: "o'neil" } } }));
    }
    const { subresource, namespace, verb } = (JSON.parse(body) as Review).spec.resourceAttributes;
    const allowed = !(subresource !== '' && verb === 'create') && !(namespace === 'kube-system' && verb === 'delete');
    return response.writeHead(201).end(JSON.stringify({ status: { allowed } }));
  });
});
let config: KubeConfig;
const configFor = (url: string) => {
  const made = new KubeConfig();
  made.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u' });
  return made;
};

before(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  config = configFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const exec: Need = { group: '', resource: 'pods/exec', verbs: ['create', 'get'], why: 'talk to its agents' };
const scale: Need = { group: 'apps', resource: 'deployments/scale', verbs: ['create', 'get'], why: 'scale' };
const policies: Need = { group: 'networking.k8s.io', resource: 'networkpolicies', verbs: ['create'], why: 'test' };
const agents: Need = { group: '', resource: 'pods', namespace: 'kube-system', verbs: ['get', 'delete'], why: 'kill' };

test('what the API server does not allow is lacking, verb by verb; the rest is not', async () => {
  const lacking = await lackingOf(config, [exec, policies, agents]);
  assert.deepEqual(
    lacking.map(({ resource, verbs }) => [resource, verbs]),
    [
      ['pods/exec', ['create']],
      ['pods', ['delete']],
    ],
  );
});

test('each gets a sentence with the line that grants it, quoted for a shell', async () => {
  const user = await userOf(config);
  assert.equal(
    sentenceOf({ ...exec, verbs: ['create'] }, user),
    "o'neil may not create pods/exec, which netvet needs to talk to its agents: " +
      'kubectl create clusterrole netvet-pods-exec --verb=create --resource=pods/exec && ' +
      "kubectl create clusterrolebinding netvet-pods-exec --clusterrole=netvet-pods-exec --user='o'\\''neil'",
  );
  assert.match(
    sentenceOf(scale, 'a'),
    /may not create or get deployments\.apps\/scale, .* --resource=deployments\.apps\/scale /,
  );
  assert.match(sentenceOf(policies, 'a'), /--resource=networkpolicies\.networking\.k8s\.io /);
  assert.match(
    sentenceOf({ ...agents, verbs: ['delete'] }, undefined),
    new RegExp(
      '^this user may not delete pods in kube-system, .*: ' +
        'kubectl create role netvet-pods --namespace=kube-system .* --user=USER$',
    ),
  );
});

test('an API server that is not there is told with its address', async () => {
  const gone = configFor('http://127.0.0.1:9');
  await assert.rejects(
    lackingOf(gone, [exec]),
    /context "loaded-context" \(http:\/\/127\.0\.0\.1:9\) cannot be asked: /,
  );
});
