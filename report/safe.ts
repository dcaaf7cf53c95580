import { stripVTControlCharacters } from 'node:util';

/**
 * Names of objects, errors and logs come from clusters and are not to be trusted: an escape sequence in a Pod's name
 * must not move a reader's cursor, a bidirectional override must not reverse the text around it, and a control
 * character must not make a document that XML 1.0 (https://www.w3.org/TR/xml/#charsets) forbids.
 */
const unprintable = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\p{Bidi_Control}]/gu;

/** The text without terminal sequences, and with other invisible characters as `\u{...}`; newlines and tabs stay. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(unprintable, (character) => {
      if (character === '\n' || character === '\t') return character;
      return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
    });
}

/** The same on one line, for lists and terminals. */
export function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and quoted attributes of HTML and SVG. */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => entities[character] as string);
}

/** For text and quoted attributes of XML. Newlines and tabs are references, of which a parser makes no spaces. */
export function escapeXml(text: string): string {
  return escapeHtml(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
