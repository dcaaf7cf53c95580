import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutExternalIPs } from './services.ts';

test('external addresses are off by default from Kubernetes 1.40 on, and deprecated ones still work', () => {
  const versions = ['v1.34.3+embedded', 'v1.36.4', 'v1.39.0-rc.1', 'v1.40.0', 'v1.43.2-eks-1', 'v2.0.0'];
  assert.deepEqual(versions.filter(withoutExternalIPs), ['v1.40.0', 'v1.43.2-eks-1', 'v2.0.0']);
});
