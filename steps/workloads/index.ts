export { namespace, runLabel } from './namespace.ts';
export * from './pod.ts';
export { networkPolicy, policyFrom } from './policy.ts';
export * from './service.ts';
