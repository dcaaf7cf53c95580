/** The embedded Kubernetes API server: its storage, and its HTTP front end. */
export { type ApiServer, serveApi } from './http/server.ts';
export { adversaryOf } from './storage/adversary.ts';
export { createStore, type Store } from './store.ts';
