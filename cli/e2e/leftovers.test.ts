import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { OwnMachine } from './leftovers.ts';

test('whatever a program leaves on a machine of its own is told, and nothing that others do meanwhile', async (t) => {
  const machine = await OwnMachine.start();
  t.after(() => machine.end());
  assert.deepEqual(await machine.left(), []);
  const theirs = mkdtempSync(join(tmpdir(), 'netvet-of-others-'));
  t.after(() => rmSync(theirs, { recursive: true }));
  assert.deepEqual(await machine.left(), []);

  const untidy = `pwd; touch "$TMPDIR/file" /run/file; mount -t tmpfs mine /dev/shm; ip link add br7 type bridge
nft add table ip mine; sleep 1000 >/dev/null 2>&1 & echo $!`;
  const [file, ...args] = machine.command(['sh', '-c', untidy], theirs);
  const env = { ...machine.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const [directory, pid] = (await execa(file, args, { env })).stdout.split('\n');
  t.after(() => process.kill(Number(pid), 'SIGKILL'));
  assert.equal(directory, theirs);
  const left = await machine.left();
  const kinds = [
    /^file .*machine.*\/file$/,
    /^file \/run\/file$/,
    /^link br7 /,
    /^mount .* mine /,
    /^nft table ip mine$/,
  ];
  kinds.push(new RegExp(`^pid ${pid} net:.* sleep$`));
  for (const kind of kinds)
    assert.equal(left.filter((line) => kind.test(line)).length, 1, `${kind}: ${left.join('\n')}`);
  assert.equal(left.length, kinds.length, left.join('\n'));
});
