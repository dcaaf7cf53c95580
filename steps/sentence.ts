import * as cucumber from '@cucumber/cucumber';
import { nodePortOf, type Place } from './services/node-ports.ts';
import { listed, pairs, portsIn } from './tables.ts';
import type { World } from './world.ts';

// what sentences have between quotation marks besides {string}
for (const [name, transformer] of Object.entries({ names: listed, labels: pairs, ports: portsIn }))
  cucumber.defineParameterType({ name, regexp: /"([^"]*)"/, transformer, useForSnippets: false });

cucumber.defineParameterType({
  name: 'place',
  regexp: [/"([^"]*)"/, /the node port of "([^"]*)" on the node of "([^"]*)"/],
  transformer:
    (target: string, service: string | null, pod: string): Place =>
    (world) =>
      service ? nodePortOf(world, service, pod) : world.target(target),
  useForSnippets: false,
});

/** The last of some values, however many. */
type Last<Values extends unknown[]> = Values | (Values extends [unknown, ...infer Rest] ? Last<Rest> : never);

/** What is done for a sentence: an action gets the world, what stands in its braces and below it, and `last`. */
export function does<Values extends unknown[]>(
  action: (world: World, ...values: Values) => unknown,
  ...last: Last<Values> & unknown[]
) {
  const length = action.length - 1 - last.length;
  const code = function (this: World, ...said: unknown[]): unknown {
    // cucumber adds a callback to what the sentence says
    const values: unknown[] = [...said.slice(0, length), ...last];
    return action(this, ...(values as Values));
  };
  // cucumber counts a step's parameters by this
  return Object.defineProperty(code, 'length', { value: length });
}

const defining =
  (define: typeof cucumber.Given) =>
  <Values extends unknown[]>(
    sentence: string,
    action: (world: World, ...values: Values) => unknown,
    ...last: Last<Values> & unknown[]
  ): void =>
    define(sentence, does(action, ...last));

/** Define a sentence by what is done for it. */
export const Given = defining(cucumber.Given);
export const When = defining(cucumber.When);
export const Then = defining(cucumber.Then);
