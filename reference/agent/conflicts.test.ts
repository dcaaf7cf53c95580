import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aService, aSnapshot } from '../model/fixtures.ts';
import { services } from '../model/services/index.ts';
import { createConflicts } from './conflicts.ts';

test('a conflict is told once, and again when it comes again', () => {
  const told: string[] = [];
  const notice = createConflicts((reason, message) => told.push(`${reason}: ${message}`));
  const dns = aService('kube-system/dns', '10.96.0.10');
  const thief = aService('office/thief', '10.96.0.66', {
    externalIPs: ['10.96.0.10'],
    ports: [{ port: 53 }, { port: 80 }],
  });
  const see = (...all: (typeof dns)[]) => notice(services(aSnapshot({ services: all })).entries.values());
  see(dns);
  for (const expected of [1, 1]) {
    see(dns, thief);
    assert.equal(told.length, expected);
  }
  see(thief);
  see(thief, dns);
  assert.deepEqual(
    told,
    Array.from(
      { length: 2 },
      () => "ExternalIPRefused: Service office/thief is not reached at 10.96.0.10: it is another one's ClusterIP",
    ),
  );
});
