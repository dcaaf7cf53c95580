export { serverSource } from './bundle.ts';
export { frontend, frontendCode, frontendPort, frontendPorts } from './deployment.ts';
