/** What tests on real clusters share. */
import { inCache } from '../machine.ts';
import { startEngine } from '../offline/engine/index.ts';
import { buildImages } from '../offline/images/index.ts';
import { findEngine } from './engine.ts';

const progress = (line: string) => console.error(line);

/** An engine and images, made where they are missing: on a fresh machine that takes a quarter of an hour. */
export async function prepare(): Promise<void> {
  if ('missing' in (await findEngine())) await startEngine({ cache: inCache(), progress });
  const engine = await findEngine();
  if ('missing' in engine) throw new Error(engine.missing);
  await buildImages({ docker: engine.docker, progress });
}
