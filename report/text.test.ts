import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sample } from './testing/sample.ts';
import { hostile } from './testing/variants.ts';
import { closingSummary } from './text.ts';

test('a run with mishaps: counts, what went wrong and why, the figures, where the report is', () => {
  assert.equal(
    closingSummary(sample(), 'out'),
    `! 3 of 56 scenarios failed, 1 broken
  reference 0.1.0 on embedded, Kubernetes v1.34.0, 3 nodes, in 84.3 s
  52 passed, 2 observed, 2 skipped, 3 failed, 1 broken

! broken  Ports: a NodePort answers on every node
    the agent of Pod shop/client stopped answering: exec stream closed (1006)
    features/services/ports.feature:6
✗ failed  Who is let in: an address block with a hole
    expected denied from elsewhere/stranger to shop/db TCP/5432, seen allowed: the "except" of the block has no effect
    features/policies/who-is-let-in.feature:34
✗ failed  Change: a Pod that gets another label
    expected denied from shop/web to shop/db TCP/5432 within 10 s, seen leaked in 41 of 41 rounds
    features/policies/change.feature:20
✗ failed  The Service path under load: no request is lost while it scales 5 to 2
    7 requests were lost (4 connection refused, 3 timeout), and none may be
    features/load/the-service-path-under-load.feature:13

  skipped     1 × the CNI does not claim hostPort
              1 × the cluster does not know endPort (Kubernetes before 1.25)
  convergence p50 112 ms, p95 488 ms, worst 558 ms (an endpoint that is not ready gets nothing)
  leak window p50 0 ms, p95 117 ms, worst 173 ms (a Pod that gets another label)
  load        no request is lost while the Deployment rolls
                Service path: 3,992 requests, none lost, p50 1.7 ms, p95 3.4 ms, p99 8.5 ms
                same Pods dialled directly: 3,994 requests, none lost, p50 1.3 ms, p95 2.7 ms, p99 7.8 ms
              no request is lost while it scales 5 to 2
                Service path: 3,992 requests, 7 lost (0.18 %: 4 connection refused, 3 timeout), \
p50 1.7 ms, p95 3.5 ms, p99 7.8 ms
                same Pods dialled directly: 3,990 requests, none lost, p50 1.4 ms, p95 2.9 ms, p99 7.8 ms
  resources   netvet-cni: memory up to 70 MB on a node, CPU 0.31 % of a core when quiet, 2.1 % on average
  report      out/index.html`,
  );
});

test('a run without any: short', () => {
  const run = sample({ mishaps: false });
  const text = closingSummary(
    { ...run, load: [], resources: [], scenarios: run.scenarios.map((each) => ({ ...each, measurements: [] })) },
    '/tmp/out',
  );
  assert.equal(
    text,
    `✓ All 58 scenarios passed
  reference 0.1.0 on embedded, Kubernetes v1.34.0, 3 nodes, in 84.3 s
  58 passed, 2 observed

  report      /tmp/out/index.html`,
  );
});

test('a run that was cut short or broke outside of scenarios says so first', () => {
  const run = { ...sample({ mishaps: false }), interrupted: true, problems: ['AfterAll broke: left\n behind'] };
  assert.match(
    closingSummary(run, 'out'),
    /^! Interrupted after 60 scenarios\n[\s\S]*\n\n! AfterAll broke: left behind\n/,
  );
});

test('skips are gathered by reason', () => {
  const run = sample({ mishaps: false });
  const scenarios = run.scenarios
    .slice(0, 5)
    .map((each) => ({ ...each, status: 'skipped' as const, reason: 'k6 is not installed' }));
  assert.match(closingSummary({ ...run, scenarios }, 'out'), / {2}skipped {5}5 × k6 is not installed\n/);
});

test('nothing in it can steer a terminal', () => {
  const text = closingSummary(hostile('\u001b[2Jx\r\n\u202e', 'a\u0007\nb'), 'out');
  assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Bidi_Control}/u);
});
