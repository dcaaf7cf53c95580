import type { RunningContainer } from './container.ts';
import type { HandlerHost } from './handlers.ts';
import type { Container } from './types.ts';

/** What a runner needs of its Pod. */
export interface RunnerHost {
  /** Starts the container's program once; `attempt` counts its runs. Throws ImageError, ConfigurationError, or what went wrong. */
  start(container: Container, attempt: number): Promise<RunningContainer>;
  handlers(running: RunningContainer): HandlerHost;
  event(type: 'Normal' | 'Warning', reason: string, message: string, container: Container): void;
  /** Some status is another one. */
  changed(): void;
  /** False when the Pod needs a new sandbox before anything can be started in it. */
  sandboxExists(): boolean;
  gracePeriodMs(): number;
}
