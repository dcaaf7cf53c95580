import { parseArgs } from 'node:util';

/** Flags with a text each, as they were given. What is not understood is a mistake. Undefined: only help is wanted. */
export function readFlags<N extends string>(
  argv: string[],
  names: readonly N[],
  mistakes: string[],
): Partial<Record<N, string>> | undefined {
  const flags = names.map((name) => [name, { type: 'string' }] as const);
  const options = { ...Object.fromEntries(flags), help: { type: 'boolean' } } as const;
  const given = parseArgs({ args: argv, strict: false, allowPositionals: true, tokens: true, options });
  for (const token of given.tokens) {
    if (token.kind === 'option' && !Object.hasOwn(options, token.name))
      mistakes.push(`there is no option ${token.rawName}`);
  }
  for (const word of given.positionals) mistakes.push(`"${word}" is not understood`);
  const values = Object.entries(given.values).map(([name, value]) => [name, String(value)]);
  return given.values['help'] === true ? undefined : Object.fromEntries(values);
}
