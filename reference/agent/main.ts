/** The node agent of the reference CNI: one process per node. `agent explain ...` asks the one that runs. */
import { faults, mutant } from '../mutants/index.ts';
import { startAgent } from './agent.ts';
import { hostRootOf, readConfig } from './config.ts';
import { explainCommand } from './explain.ts';
import { log, messageOf } from './log.ts';

async function serve(): Promise<void> {
  const config = readConfig(process.env, import.meta.dirname, Object.keys(faults));
  const agent = await startAgent(config, mutant(config.mutant), log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log('the agent ends; the network stays as it is', { signal });
      agent.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

const [command, ...words] = process.argv.slice(2);
if (command === 'explain') process.exitCode = await explainCommand(words, hostRootOf(process.env));
else {
  await serve().catch((error: unknown) => {
    log('the agent cannot start', { error: messageOf(error) });
    process.exit(1);
  });
}
