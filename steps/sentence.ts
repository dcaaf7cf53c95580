import { defineParameterType } from '@cucumber/cucumber';
import { listed, pairs, portsIn } from './tables.ts';
import type { NetvetWorld } from './world.ts';

// what sentences have between quotation marks besides {string}
for (const [name, transformer] of Object.entries({ names: listed, labels: pairs, ports: portsIn }))
  defineParameterType({ name, regexp: /"([^"]*)"/, transformer, useForSnippets: false });

/** What is done for a sentence: the action gets the world, then what the sentence says in its braces and below. */
export function does<A extends unknown[]>(action: (world: NetvetWorld, ...said: A) => unknown) {
  const code = function (this: NetvetWorld, ...said: A): unknown {
    return action(this, ...said);
  };
  // cucumber counts a step's parameters by this
  return Object.defineProperty(code, 'length', { value: action.length - 1 });
}
