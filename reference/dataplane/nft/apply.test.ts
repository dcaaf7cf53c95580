import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anAttachment, anEndpoint, aPod, aPolicy, aService, aSlice, aSnapshot } from '../../model/fixtures.ts';
import { model, type Snapshot } from '../../model/index.ts';
import { CommandError, type Run } from '../run.ts';
import { createNft } from './index.ts';
import { createLab } from './lab/index.ts';

const web = (...addresses: string[]): Partial<Snapshot> => ({
  services: [aService('default/web', '10.96.0.1')],
  endpointSlices: [
    aSlice(
      'default/web',
      addresses.map((address) => anEndpoint(address)),
    ),
  ],
});
const desired = (more: Partial<Snapshot> = {}) => model(aSnapshot(more));

/** A runner that notes what it is given; `fail` says which nft texts are refused. */
function fakeRun(fail: (stdin: string) => boolean = () => false) {
  const texts: string[] = [];
  let running = 0;
  const run: Run = async (argv, { stdin = '' } = {}) => {
    if (argv[0] === 'conntrack') return { stdout: '', stderr: '0 flow entries have been deleted', exitCode: 0 };
    assert.equal(running, 0, 'two at once');
    running += 1;
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    const text = typeof stdin === 'string' ? stdin : [...stdin].join('');
    texts.push(text);
    return fail(text) ? { stdout: '', stderr: 'Error: no', exitCode: 1 } : { stdout: '', stderr: '', exitCode: 0 };
  };
  return { run, texts };
}

test('the first apply loads, later ones send the difference, and nothing when there is none', async () => {
  const { run, texts } = fakeRun();
  const nft = createNft({ run });
  assert.equal((await nft.apply(desired())).outcome, 'rebuilt');
  assert.equal((await nft.apply(desired())).outcome, 'unchanged');
  const report = await nft.apply(desired(web('10.244.1.1')));
  // a chain for a number of endpoints that no Service had before comes ahead of what leads to it
  assert.deepEqual([report.outcome, texts.length], ['updated', 3]);
  assert.ok(report.operations < 12, texts.at(-1));
  assert.equal((await nft.apply(desired(web('10.244.1.2')))).outcome, 'updated');
  assert.equal(texts.length, 4);
});

test('calls are carried out one after the other', async () => {
  const { run, texts } = fakeRun();
  const nft = createNft({ run });
  await Promise.all([
    nft.apply(desired()),
    nft.apply(desired(web('10.244.1.1'))),
    nft.apply(desired(web('10.244.1.2'))),
  ]);
  // the load, the second one's new chain, and a change each
  assert.equal(texts.length, 4);
});

test('a refused update becomes a rebuild, and says so', async () => {
  let refuse = false;
  const { run, texts } = fakeRun(() => refuse && !(refuse = false));
  const nft = createNft({ run });
  await nft.apply(desired());
  refuse = true;
  const report = await nft.apply(desired(web('10.244.1.1')));
  assert.equal(report.outcome, 'rebuilt');
  assert.match(report.problems[0] as string, /nft -f -/);
  assert.match(texts.at(-1) as string, /flush table ip netvet-services/);
});

test('when learned affinity stands in the way of a rebuild it is given up', async () => {
  const { run, texts } = fakeRun((text) => text.includes('flush table'));
  const report = await createNft({ run }).apply(desired());
  assert.deepEqual([report.outcome, report.problems.length], ['rebuilt', 1]);
  assert.match(texts.at(-1) as string, /delete table ip netvet-services/);
});

test('when nothing helps it throws what nft was told and said, and the next call starts from nothing', async () => {
  let broken = true;
  const { run, texts } = fakeRun(() => broken);
  const nft = createNft({ run });
  await assert.rejects(nft.apply(desired()), (error) => {
    assert.ok(error instanceof CommandError);
    assert.match(error.message, /Error: no[^]*its input was:\nadd table/);
    return true;
  });
  broken = false;
  assert.equal((await nft.apply(desired())).outcome, 'rebuilt');
  assert.equal(texts.length, 3);
});

test('a pass that failed does not hide whose flows are to be ended', async () => {
  let broken = false;
  const fake = fakeRun(() => broken);
  const deleted: string[] = [];
  const run: Run = (argv, options) => {
    if (argv[1] === '-D') deleted.push(argv.slice(2).join(' '));
    return fake.run(argv, options);
  };
  const nft = createNft({ run });
  const of = (...names: string[]) => desired({ attachments: names.map((name) => anAttachment(name, '10.244.1.2')) });
  await (await nft.apply(of('default/first'))).forgotten;
  broken = true;
  await assert.rejects(nft.apply(of()));
  assert.deepEqual(deleted, []);
  broken = false;
  await (await nft.apply(of('default/heir'))).forgotten;
  assert.deepEqual(deleted, ['-s 10.244.1.2', '-r 10.244.1.2']);
});

describe('with the kernel', () => {
  const policy = aPolicy('default/p', {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ port: 80 }] }],
  });
  const isolated: Partial<Snapshot> = {
    ...web('10.244.1.1'),
    pods: [aPod('default/web')],
    attachments: [anAttachment('default/web', '10.244.1.1')],
    networkPolicies: [policy],
  };

  test('tables that another program flushed come back; foreign tables stay', async () => {
    await using lab = await createLab();
    await lab.run(['nft', 'add table ip foreign']);
    const nft = createNft({ run: lab.run });
    await nft.apply(desired(isolated));
    assert.equal(await nft.verify(), true);
    await lab.run(['nft', 'delete table ip netvet-policy']);
    assert.equal(await nft.verify(), false);
    assert.equal((await nft.apply(desired({ ...isolated, lost: { tables: true, links: false } }))).outcome, 'rebuilt');
    assert.equal(await nft.verify(), true);
    await nft.remove();
    await nft.remove();
    assert.equal((await lab.run(['nft', 'list', 'tables'])).stdout, 'table ip foreign\n');
  });

  test('an update that the kernel refuses is followed by a rebuild', async () => {
    await using lab = await createLab();
    const nft = createNft({ run: lab.run });
    await nft.apply(desired(isolated));
    await lab.run(['nft', 'flush', 'map', 'ip', 'netvet-policy', 'pods-in']);
    const report = await nft.apply(desired(web('10.244.1.1')));
    assert.deepEqual([report.outcome, report.problems.length], ['rebuilt', 1]);
  });

  test('a table of that name which is built otherwise is replaced', async () => {
    await using lab = await createLab();
    await lab.run(['nft', '-f', '-'], {
      stdin:
        'table ip netvet-services { map svc-affinity { type ipv4_addr : mark; }\n' +
        ' chain nat-output { type filter hook output priority 0; }\n}\n',
    });
    const report = await createNft({ run: lab.run }).apply(desired(isolated));
    assert.deepEqual([report.outcome, report.problems.length], ['rebuilt', 1]);
  });

  test('a second agent finds the tables of the first and makes them its own', async () => {
    await using lab = await createLab();
    await createNft({ run: lab.run }).apply(desired(isolated));
    const second = createNft({ run: lab.run });
    assert.deepEqual((await second.apply(desired(web('10.244.1.2')))).problems, []);
    assert.deepEqual((await second.apply(desired())).problems, []);
  });

  test('names that look like nft do no harm', async () => {
    await using lab = await createLab();
    const nasty = aPolicy('default/p"; drop; #', {
      podSelector: { matchLabels: { 'x"}': '{;' } },
      policyTypes: ['Ingress'],
    });
    const attachments = [
      anAttachment('default/web', '10.244.1.1', {
        hostInterface: 'a" b',
        portMappings: [{ hostPort: 1, containerPort: 1, protocol: 'TCP' }],
      }),
    ];
    const pods = [aPod('default/web', { labels: { 'x"}': '{;' } })];
    const report = await createNft({ run: lab.run }).apply(
      desired({ ...isolated, pods, attachments, networkPolicies: [nasty] }),
    );
    assert.deepEqual(report.problems, []);
  });

  test('without conntrack the rules are applied all the same, and the report says what is missing', async () => {
    await using lab = await createLab();
    const run: Run = (argv, options) =>
      argv[0] === 'conntrack'
        ? lab.run(['conntrack-is-not-installed', ...argv.slice(1)], options)
        : lab.run(argv, options);
    const report = await createNft({ run }).apply(desired(isolated));
    assert.equal(report.outcome, 'rebuilt');
    assert.match((await report.forgotten).problems.join(), /conntrack-is-not-installed/);
  });
});
