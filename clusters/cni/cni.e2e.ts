import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findCni } from '../index.ts';
import { tool } from '../tool.ts';
import type { Sight } from './sight.ts';

/** Runs inside.ts inside, and gives what it printed. */
async function lookAround(cni: string): Promise<Sight> {
  // from inside nobody can be asked for what is to be built
  await Promise.all((await findCni(cni)).programs.map((name) => tool(name)));
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'enter.ts'), cni], {
    timeout: 120_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Sight;
}

// the others' Pods need images, which this cluster has none of: they are run on kind
for (const cni of ['reference', 'ptp', 'ptp-iptables']) {
  const promise = 'Pods reach each other without NAT, a Service by address and by name, and the API by its Service';
  test(`${cni}: ${promise}`, async (t) => {
    const seen = await lookAround(cni);
    t.diagnostic(
      `${cni}: nodes Ready after ${seen.readyMs} ms, four Pods after ${seen.podsMs} ms, DNS after ${seen.dnsMs} ms`,
    );
    assert.equal(new Set(seen.servers.map(({ node }) => node)).size, 3, 'a server on every node');
    for (const { name } of seen.servers) assert.equal(seen.direct[name], `${name} ${seen.client.ip}`);
    const names = seen.servers.map(({ name }) => name);
    for (const answer of [seen.byAddress, seen.byShortName, seen.byFullName]) {
      assert.ok(names.includes(answer.split(' ')[0] as string), answer);
    }
    assert.match(seen.api, /"gitVersion"/);
    assert.match(seen.missing, /Could not resolve host: missing/);
  });
}
