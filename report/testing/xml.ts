import assert from 'node:assert/strict';

export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const open = /<(?<open>[a-zA-Z]+)(?<attributes>(?: [a-zA-Z][a-zA-Z0-9-]*="[^"<]*")*)(?<empty>\/)?>/u.source;
const token = new RegExp(
  `<\\?xml version="1\\.0" encoding="UTF-8"\\?>\\n|<\\/(?<close>[a-zA-Z]+)>|${open}|(?<text>[^<]+)`,
  'uy',
);
// the Char production of XML 1.0, and references to nothing but its predefined entities, newlines and tabs
const legal = /^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const references = /&(?!(?:amp|lt|gt|quot|#39|#10|#9);)/;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#10': '\n', '#9': '\t' };

function decode(text: string): string {
  return text.replaceAll(/&([^;]+);/g, (_all, name: string) => entities[name] as string);
}

/** Reads the XML that netvet writes, more strictly than XML asks for. Throws when it is not well-formed. */
export function parseXml(xml: string): XmlElement {
  assert.match(xml, legal);
  assert.doesNotMatch(xml, references);
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const groups = token.exec(xml)?.groups;
    assert.ok(groups, `not XML at ${at}: ${xml.slice(at, at + 80)}`);
    const parent = open.at(-1) as XmlElement;
    if (groups['text'] !== undefined) parent.text += decode(groups['text']);
    if (groups['close'] !== undefined) assert.equal(open.pop()?.name, groups['close']);
    if (groups['open'] !== undefined) {
      const pairs = [...(groups['attributes'] ?? '').matchAll(/ ([a-zA-Z][a-zA-Z0-9-]*)="([^"]*)"/gu)].map(
        ([, key, value]) => [key, decode(value as string)],
      );
      const element = { name: groups['open'], attributes: Object.fromEntries(pairs), children: [], text: '' };
      assert.equal(Object.keys(element.attributes).length, pairs.length, 'an attribute twice');
      parent.children.push(element);
      if (groups['empty'] === undefined) open.push(element);
    }
  }
  assert.equal(open.length, 1, 'elements left open');
  assert.equal(root.children.length, 1, 'one root');
  return root.children[0] as XmlElement;
}
