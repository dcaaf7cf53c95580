export { type K6Options, k6Pod, k6Scripts } from './pod.ts';
export { k6ApiPort, k6Job, k6TestRun, testRunLabel } from './runners.ts';
