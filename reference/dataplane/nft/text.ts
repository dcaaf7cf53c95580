/** Pieces of nft text that several tables share. */

/** All that has ports, as `meta l4proto` names it. */
export const transport = 'meta l4proto { tcp, udp, sctp }';

/** `{ a, b }` */
export function anonymous(elements: string[]): string {
  return `{ ${elements.join(', ')} }`;
}

/** One of them, as what a single field is compared with. A set is looked up in, even if there is one thing in it. */
export function oneOf(elements: string[]): string {
  const [only] = elements;
  return elements.length === 1 && only !== undefined ? only : anonymous(elements);
}

/** nft refuses comments over 128 bytes. */
const COMMENT_LENGTH = 120;

/** A comment; what could end it early is left out, so that no name that somebody chose is read as nft. */
export function comment(text: string): string {
  return `comment "${text.replaceAll(/[^\w ./:,>[\]-]/g, '?').slice(0, COMMENT_LENGTH)}"`;
}
