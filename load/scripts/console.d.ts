/** What k6 has of console (grafana.com/docs/k6/latest/javascript-api); @types/k6 leaves it to the DOM's types. */
declare const console: Record<'log' | 'info' | 'warn' | 'error' | 'debug', (...data: unknown[]) => void>;
