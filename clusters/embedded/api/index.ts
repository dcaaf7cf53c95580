/** The embedded Kubernetes API server: its storage, and its HTTP front end. */
export { createStore } from './store.ts';
