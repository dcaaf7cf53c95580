/** The node agent of the reference CNI: one process per node. */
import { mutant } from '../mutants/index.ts';
import { startAgent } from './agent.ts';
import { readConfig } from './config.ts';
import { log, messageOf } from './log.ts';

try {
  const config = readConfig(process.env, import.meta.dirname);
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
} catch (error) {
  log('the agent cannot start', { error: messageOf(error) });
  process.exitCode = 1;
}
