/** The kinds of objects that controllers and kubelets work with: client-node's types, as JSON has them. */
import type * as k8s from '@kubernetes/client-node';
import type { KubeObject } from './objects.ts';

/** Only client-node makes Dates of times; Go writes null for one that is not set. */
type Json<T> = T extends Date ? string | null : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** T with some fields of other types: the API server or the kubelet has filled them in. */
type With<T, Fields> = Omit<T, keyof Fields> & Fields;

export type IntOrPercent = k8s.IntOrString;
export type LabelSelector = Json<k8s.V1LabelSelector>;
export type NodeSelectorTerm = Json<k8s.V1NodeSelectorTerm>;
export type Taint = Json<k8s.V1Taint>;
export type Toleration = Json<k8s.V1Toleration>;
export type PodAffinityTerm = Json<k8s.V1PodAffinityTerm>;
export type SpreadConstraint = Json<k8s.V1TopologySpreadConstraint>;
export type Condition = Json<k8s.V1DeploymentCondition & k8s.V1PodCondition>;

export type EnvVar = Json<k8s.V1EnvVar>;
export type VolumeMount = Json<k8s.V1VolumeMount>;
export type Volume = Json<k8s.V1Volume>;
export type Handler = Json<k8s.V1LifecycleHandler>;
export type Probe = Json<k8s.V1Probe>;
export type Container = With<Json<k8s.V1Container>, { image: string }>;
export type ContainerState = Json<k8s.V1ContainerState>;
export type ContainerStatus = With<
  Json<k8s.V1ContainerStatus>,
  { started: boolean; state: ContainerState; lastState: ContainerState }
>;
export type PodSpec = With<Json<k8s.V1PodSpec>, { containers: Container[]; initContainers?: Container[] }>;
type PodStatus = With<
  Json<k8s.V1PodStatus>,
  { containerStatuses?: ContainerStatus[]; initContainerStatuses?: ContainerStatus[]; conditions?: Condition[] }
>;
export type PodTemplate = With<Json<k8s.V1PodTemplateSpec>, { spec: PodSpec }>;

type WithTemplate<Spec> = With<Json<Spec>, { selector: LabelSelector; template: PodTemplate }>;

export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface Node extends KubeObject {
  spec?: Json<k8s.V1NodeSpec>;
  status?: Json<k8s.V1NodeStatus>;
}

interface Workload<Spec, Status> extends KubeObject {
  spec: WithTemplate<Spec>;
  status?: Json<Status>;
}

export type ReplicaSet = Workload<k8s.V1ReplicaSetSpec, k8s.V1ReplicaSetStatus>;
export type DeploymentStatus = Json<k8s.V1DeploymentStatus>;
export type Deployment = Workload<k8s.V1DeploymentSpec, k8s.V1DeploymentStatus>;
export type DaemonSet = Workload<k8s.V1DaemonSetSpec, k8s.V1DaemonSetStatus>;
export type Job = Workload<k8s.V1JobSpec, k8s.V1JobStatus>;

export type ServicePort = Json<k8s.V1ServicePort>;

export interface Service extends KubeObject {
  spec: Json<k8s.V1ServiceSpec>;
}

export type Endpoint = Json<k8s.V1Endpoint>;
export type EndpointPort = Json<k8s.DiscoveryV1EndpointPort>;

export interface EndpointSlice extends KubeObject {
  addressType: string;
  endpoints: Endpoint[];
  ports: EndpointPort[];
}
