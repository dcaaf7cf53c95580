import { escapeHtml } from './safe.ts';

/** HTML or SVG as text: the only thing that a template takes as it is. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What a template can hold: text, markup, lists of both, or nothing (false, undefined). */
export type Child = Markup | string | number | false | undefined | readonly Child[];

function written(child: Child): string {
  if (child instanceof Markup) return child.source;
  if (typeof child === 'object') return child.map(written).join('');
  return child === undefined || child === false ? '' : escapeHtml(String(child));
}

/** A line break of a template beside a tag or after a value is layout of the code; within text it is a space. */
const unbroken = (part: string): string => part.replaceAll(/(^|>)\n\s*|\n\s*(?=<)/g, '$1').replaceAll(/\n\s*/g, ' ');

/** Template of HTML. Every value that is not markup is text and is escaped, in attributes too. */
export function html(parts: TemplateStringsArray, ...values: Child[]): Markup {
  return new Markup(parts.map((part, i) => unbroken(part) + written(values[i])).join(''));
}

/** For what is markup already, such as a chart. */
export const raw = (source: string): Markup => new Markup(source);
