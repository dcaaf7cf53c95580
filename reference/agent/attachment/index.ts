/** What an attachment is made of on a node: an address, a journal entry, a pair of links. */
export { readDeletions } from './deletions.ts';
export { type Entry, Journal } from './journal.ts';
export { Leases } from './leases.ts';
export { createLink, deleteLink, inspectLink, listLinks } from './link.ts';
export { attachmentName } from './names.ts';
