/** Objects of each kind, as small as they can be. */

export const meta = { name: 'x' };

export const policy = (spec: unknown, metadata: object = meta) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec,
});

export const configMap = (metadata: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  ...more,
});

export const service = (spec: unknown, metadata: object = meta) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec,
});

export const port = (more: object = {}) => ({ port: 80, ...more });

export const main = { name: 'main', image: 'node:24' };

export const pod = (spec: unknown, metadata: object = meta) => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec });

export const template = (labels: object, spec: object = { containers: [main] }) => ({ metadata: { labels }, spec });

export const deployment = (spec: unknown) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec });

export const selector = { matchLabels: { a: 'b' } };

export const good = { selector, template: template({ a: 'b' }) };

export const ofKind = (kind: string, spec: unknown) => ({ apiVersion: 'apps/v1', kind, metadata: meta, spec });

export const slice = (more: object) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: meta,
  ...more,
});
