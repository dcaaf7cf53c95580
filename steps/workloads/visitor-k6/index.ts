export { type K6Options, k6Pod, k6Scripts } from './pod.ts';
