export { frontend, frontendCode, frontendPort, frontendPorts } from './deployment.ts';
