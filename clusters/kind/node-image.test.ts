import assert from 'node:assert/strict';
import { it } from 'node:test';
import { kubernetes, nodeImage } from '../offline/images/plan.ts';
import { officialImage, wantedImage } from './node-image.ts';

it('prefers what was named, then what was built, then what kind publishes', () => {
  assert.equal(wantedImage({ image: 'mine:1', kubernetes: '1.35' }, true), 'mine:1');
  assert.equal(wantedImage({}, true), nodeImage);
  assert.equal(wantedImage({ kubernetes: kubernetes.slice(1) }, true), nodeImage);
  assert.equal(wantedImage({ kubernetes: '1.34' }, true), nodeImage);
  assert.match(wantedImage({ kubernetes: '1.34' }, false), /^kindest\/node:v1\.34\.11@sha256:[0-9a-f]{64}$/);
  assert.match(wantedImage({ kubernetes: 'v1.35.0' }, true), /^kindest\/node:v1\.35\.0@sha256:/);
  assert.match(wantedImage({ registry: 'mirror:5000/' }, false), /^mirror:5000\/kindest\/node:v1\.34/);
});

it('says which published versions there are when asked for another', () => {
  assert.throws(() => officialImage('1.3'), /1\.34\.0, 1\.34\.11, 1\.35\.0/);
});
