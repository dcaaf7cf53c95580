export { namespace } from './namespace.ts';
export * from './pod.ts';
export { networkPolicy, policyFrom } from './policy.ts';
export * from './service.ts';
