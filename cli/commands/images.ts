/** `netvet cluster images`, `netvet cluster image build`: what runs on kind need, and making it without a registry. */
import { Command } from 'commander';
import { allOwnImages } from '../../clusters/cni/index.ts';
import { findEngine } from '../../clusters/kind/engine.ts';
import { buildImages, type ImageState, imageStates, plans } from '../../clusters/offline/images/index.ts';
import { UsageError } from '../usage.ts';

const row = ({ name, state, references, note }: ImageState) =>
  `${name.padEnd(24)} ${state.padEnd(9)} ${references.join(', ')}${note === undefined ? '' : `  (built: ${note})`}`;

/** `netvet cluster images` */
export function imagesCommand(): Command {
  return new Command('images')
    .description('lists every image that a run on kind needs, and which of them have been built here')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nWith a registry none needs building: nodes pull what they lack. A mirror (--registry) has to hold these.',
    )
    .action(async (flags: { json?: boolean }) => {
      const engine = await findEngine();
      const states = await imageStates('missing' in engine ? undefined : engine.docker);
      if (flags.json) console.log(JSON.stringify(states, undefined, 2));
      else console.log(['NAME                     BUILT     IMAGE', ...states.map(row)].join('\n'));
    });
}

/** `netvet cluster image build` */
export function imageCommand(): Command {
  const build = 'netvet cluster image build';
  const image = new Command('image').description('makes images for kind clusters');
  image
    .command('build')
    .description('builds what is missing from Go modules and Debian packages; 15 minutes the first time, then seconds')
    .option(
      '--only <name>',
      'one of the names that "netvet cluster images" lists, or cilium or flannel: for that --cni without a registry',
    )
    .addHelpText(
      'after',
      ['', 'Examples:', ...['', ' --only postgres', ' --only flannel'].map((each) => `  ${build}${each}`)].join('\n'),
    )
    .action(async ({ only }: { only?: string }) => {
      const progress = (line: string) => console.error(line);
      const ofCnis = await allOwnImages();
      const ofCni = ofCnis.find(({ name }) => name === only);
      // not of the node image: an archive that is loaded on nodes when it is installed
      if (ofCni !== undefined) {
        const was = ofCni.built() ? 'it exists already' : 'built';
        console.log(`${was}: ${await ofCni.build(progress)}`);
        return;
      }
      const names = [...plans, ...ofCnis].map(({ name }) => name);
      if (only !== undefined && !names.includes(only)) {
        throw new UsageError([`--only takes ${names.join(', ')}, and "${only}" is none of them`]);
      }
      const engine = await findEngine();
      if ('missing' in engine) throw new Error(`${engine.missing}. One of netvet's own: sudo netvet engine start`);
      const built = await buildImages({ docker: engine.docker, only, progress });
      console.log(built.length === 0 ? 'every image exists already' : `built: ${built.join(', ')}`);
    });
  return image;
}
