export { serverSource } from './bundle.ts';
export { frontend, frontendCode, frontendPort } from './deployment.ts';
