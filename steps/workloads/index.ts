export { agentCode, namespace } from './namespace.ts';
export { nodeShellPod } from './node-shell.ts';
export {
  type AgentPod,
  agentContainer,
  agentDeployment,
  agentPod,
  agentVolume,
  pausePod,
  usualListeners,
} from './pod.ts';
export { policyFrom } from './policy.ts';
export { affinity, endpointSlice, type ServicePort, type ServiceSpec, service } from './service.ts';
