export { type Entry, Journal } from './journal.ts';
export { Leases } from './leases.ts';
export { createLink, deleteLink, inspectLink } from './link.ts';
export { attachmentName, gateway, hostMac, linkPrefix } from './names.ts';
