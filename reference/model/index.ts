/** The reference CNI's understanding of Kubernetes networking, as pure functions. */

export { type Explanation, explain, type Half, type Question, type ServiceExplanation } from './explain.ts';
export { type Desired, type Mutant, model } from './model.ts';
export type * from './objects.ts';
export type { Attachment, Lost, PortMapping, Snapshot } from './types.ts';
