import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

let source: string | undefined;

/** The agent as the JavaScript that goes into a ConfigMap. */
export function agentSource(): string {
  source ??= stripped(readFileSync(join(import.meta.dirname, 'agent.ts'), 'utf8'));
  return source;
}

function stripped(text: string): string {
  // it warns that it is experimental, on standard error, once per worker
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
