import { AssertionError } from 'node:assert/strict';
import type { Actor } from '../actor.ts';
import { databasePort, isPostgres, startupMessage } from '../workloads/database/index.ts';
import type { NetvetWorld } from '../world.ts';

/** The ways to the database: what people call them, and the host they lead to. */
function doorsOf(world: NetvetWorld): [string, string][] {
  return [
    ['its address', world.actor('database').ip],
    ['its Service', world.service('database')['spec'].clusterIP as string],
    ['its name', `database.${world.namespace('shop')}`],
  ];
}

/** What a PostgreSQL client hears at each door: `true` where PostgreSQL itself has answered, else what came instead. */
async function knock(world: NetvetWorld, from: Actor, timeoutMs: number): Promise<[string, true | string][]> {
  const bytes = startupMessage();
  const knocks = doorsOf(world).map(async ([door, host]): Promise<[string, true | string]> => {
    const question = { host, port: databasePort, bytes, timeoutMs };
    const answer = await from.channel.request('say', question, timeoutMs);
    return [door, isPostgres(answer.answer) || `${answer.outcome} ${answer.errno ?? ''}`.trim()];
  });
  return Promise.all(knocks);
}

/**
 * Says hello to PostgreSQL at every door, from within both Pods at the same time: the one that may is the proof that the
 * database was there to be talked to when the other one was not heard.
 */
export async function expectPostgres(world: NetvetWorld, welcome: string, unwelcome: string): Promise<void> {
  const { answerMs } = world;
  const both = () => Promise.all([welcome, unwelcome].map((name) => knock(world, world.actor(name), answerMs)));
  const isIn = ([, answers]: Awaited<ReturnType<typeof both>>) =>
    answers?.some(([, answer]) => answer === true) === true;
  const [heard, unheard] = await world.looking.once(answerMs, both, isIn);
  const wrong = [
    ...(heard ?? []).flatMap(([door, answer]) =>
      answer === true ? [] : [`${welcome} got no PostgreSQL at ${door}: ${answer}`],
    ),
    ...(unheard ?? []).flatMap(([door, answer]) =>
      answer === true ? [`${unwelcome} was answered by PostgreSQL at ${door}`] : [],
    ),
  ];
  if (wrong.length > 0) throw new AssertionError({ message: wrong.join('\n') });
}
