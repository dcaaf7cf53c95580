import { Command } from 'commander';
import { findEngine } from '../../clusters/kind/engine.ts';
import { startEngine, stopEngine } from '../../clusters/offline/engine/index.ts';
import { cacheDirectory } from '../paths.ts';

/** `netvet engine start|stop`: a container engine for machines that have none. */
export function engineCommand(): Command {
  const engine = new Command('engine').description(
    'a container engine of its own for kind clusters, where no Docker or Podman runs',
  );
  engine
    .command('start')
    .description('starts it in a network namespace of its own; needs root, and installs what it lacks on Debian')
    .action(async () => {
      const found = await findEngine();
      if (!('missing' in found) && !found.own) {
        console.log(`an engine answers at ${found.host}: netvet uses that one, and needs none of its own`);
        return;
      }
      const host = await startEngine({ cache: cacheDirectory(), progress: (line) => console.error(line) });
      console.log(`the engine runs: DOCKER_HOST=${host} (netvet finds it by itself)`);
    });
  engine
    .command('stop')
    .description('stops it with every cluster on it; images stay for the next time')
    .action(async () => {
      console.log((await stopEngine()) ? 'the engine has been stopped' : 'the engine was not running');
    });
  return engine.addHelpText(
    'after',
    '\nExamples:\n  sudo netvet engine start\n  netvet run --cluster kind\n  sudo netvet engine stop',
  );
}
