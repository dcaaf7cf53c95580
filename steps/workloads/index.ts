export { namespace } from './namespace.ts';
export {
  type AgentPod,
  agentCode,
  agentContainer,
  agentDeployment,
  agentPod,
  agentVolume,
  deployment,
  nodeShellPod,
  pausePod,
  usualListeners,
  withoutExtras,
} from './pod.ts';
export { networkPolicy, policyFrom } from './policy.ts';
export { affinity, endpointSlice, type ServicePort, service } from './service.ts';
