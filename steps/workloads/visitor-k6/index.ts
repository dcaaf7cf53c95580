export type { K6Options } from './arguments.ts';
export { k6ApiPort, k6Job } from './job.ts';
export { k6Pod, k6Scripts } from './pod.ts';
export { k6TestRun, testRunLabel } from './testrun.ts';
