import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { aService, aSnapshot } from '../model/fixtures.ts';
import { services } from '../model/services/index.ts';
import { createConflicts } from './conflicts.ts';

const dns = aService('kube-system/dns', '10.96.0.10');
const thief = aService('office/thief', '10.96.0.66', {
  externalIPs: ['10.96.0.10'],
  ports: [{ port: 53 }, { port: 80 }],
});

let told: string[] = [];
let isTold = true;
beforeEach(() => {
  told = [];
  isTold = true;
});

function look() {
  const notice = createConflicts((service, reason, message) => {
    told.push(`${service}: ${reason}: ${message}`);
    return isTold;
  });
  return (...all: (typeof dns)[]) => notice(services(aSnapshot({ services: all })).entries.values());
}

test('a conflict is told once, and again when it comes again', () => {
  const see = look();
  see(dns);
  for (const expected of [1, 1]) {
    see(dns, thief);
    assert.equal(told.length, expected);
  }
  see(thief);
  see(thief, dns);
  const sentence = "Service office/thief is not reached at 10.96.0.10: it is another one's ClusterIP";
  assert.deepEqual(
    told,
    Array.from({ length: 2 }, () => `office/thief: ExternalIPRefused: ${sentence}`),
  );
});

test('what could not be told is told at a later look, once', () => {
  const see = look();
  isTold = false;
  see(dns, thief);
  isTold = true;
  told = [];
  for (const _ of [1, 2]) see(dns, thief);
  assert.equal(told.length, 1);
});
