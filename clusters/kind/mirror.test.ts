import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hostsFile } from './mirror.ts';

it('names a mirror as containerd reads it', () => {
  assert.equal(
    hostsFile('mirror.example:5000'),
    '[host."https://mirror.example:5000"]\n  capabilities = ["pull", "resolve"]\n',
  );
  assert.equal(
    hostsFile('http://mirror.example/hub/'),
    '[host."http://mirror.example/v2/hub"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n',
  );
});
