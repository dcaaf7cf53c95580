/** `node clusters/embedded/sequence/record.ts KUBECONFIG [TIMES]`: plays every scene on a real cluster, and keeps what was seen in seen.json. */
import { writeFileSync } from 'node:fs';
import { addTo, file, type Recorded } from './compare.ts';
import { play } from './play.ts';
import { scenes } from './scenes.ts';

const [kubeconfig, times = '5'] = process.argv.slice(2);
if (kubeconfig === undefined) throw new Error('which kubeconfig?');
const recorded: Recorded = {};
for (let i = 0; i < Number(times); i += 1)
  for (const [place, [name, scene]] of Object.entries(scenes).entries()) {
    console.log(`${i + 1} of ${times}: ${name}`);
    addTo(recorded, name, await play(kubeconfig, `sequence-${Date.now()}-${place}`, scene));
  }
writeFileSync(file, `${JSON.stringify(recorded, undefined, 1)}\n`);
