import { AssertionError } from 'node:assert/strict';
import { databasePort, isPostgres, startupMessage } from '../workloads/database.ts';
import type { World } from '../world.ts';

/** What a client hears on each way to the database: `true` where PostgreSQL has answered, else what came instead. */
async function heard(world: World, client: string, timeoutMs: number): Promise<[string, true | string][]> {
  const ways = [
    ['its address', world.actor('database').ip],
    ['its Service', world.service('database')['spec'].clusterIP as string],
    ['its name', `database.${world.namespace('shop')}`],
  ] as const;
  const { channel } = world.actor(client);
  const asking = ways.map(async ([way, host]): Promise<[string, true | string]> => {
    const question = { host, port: databasePort, bytes: startupMessage(), timeoutMs, answerMs: timeoutMs };
    const { answer, outcome, errno = '' } = await channel.request('say', question, 2 * timeoutMs);
    return [way, isPostgres(answer) || `${outcome} ${errno}`.trim()];
  });
  return Promise.all(asking);
}

/** Says hello to PostgreSQL from both Pods at once: the one that may proves that it was there for the other one. */
export async function judgePostgres(world: World, welcome: string, unwelcome: string): Promise<void> {
  const { answerMs } = world;
  const both = () => Promise.all([heard(world, welcome, answerMs), heard(world, unwelcome, answerMs)] as const);
  const isIn = ([, answers]: Awaited<ReturnType<typeof both>>) => answers.some(([, answer]) => answer === true);
  const [allowed, denied] = await world.looking.once(answerMs, both, isIn);
  const wrong = [
    ...allowed.flatMap(([way, answer]) =>
      answer === true ? [] : [`${welcome} got no PostgreSQL at ${way}: ${answer}`],
    ),
    ...denied.flatMap(([way, answer]) =>
      answer === true ? [`${unwelcome} was answered by PostgreSQL at ${way}`] : [],
    ),
  ];
  if (wrong.length > 0) throw new AssertionError({ message: wrong.join('\n') });
}
