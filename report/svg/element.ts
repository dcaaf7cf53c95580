import { escapeHtml } from '../safe.ts';

export type Attributes = Record<string, string | number | undefined>;

/** An element of SVG or HTML as text. Attributes are escaped, and left out when undefined; children are markup. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const parts = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}="${escapeHtml(String(value))}"`],
  );
  const open = [name, ...parts].join(' ');
  return children.length === 0 ? `<${open}/>` : `<${open}>${children.join('')}</${name}>`;
}

export function label(text: string, attributes: Attributes): string {
  return element('text', attributes, escapeHtml(text));
}

/** A number of at most two decimals, so that files stay small and golden files stable. */
export function short(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** A share of the width: charts are as wide as their place and their type keeps its size, on a phone as on a wall. */
export function share(value: number): string {
  return `${short(value * 100)}%`;
}

/** A chart: full width, so many pixels high. `title` is what a screen reader says of it. */
export function chart(title: string, height: number, ...children: string[]): string {
  return element('svg', { class: 'chart', width: '100%', height, role: 'img', 'aria-label': title }, ...children);
}

/** Curves stretched over the whole width: x and y from 0 to 1, y upwards. Their strokes keep their width. */
export function curves(
  top: number,
  height: number,
  ...lines: { class: string; points: [x: number, y: number][] }[]
): string {
  const drawn = lines.map(({ class: name, points }) =>
    element('polyline', {
      class: name,
      'vector-effect': 'non-scaling-stroke',
      points: points.map(([x, y]) => `${short(x * 1000)},${short((1 - y) * height)}`).join(' '),
    }),
  );
  return element(
    'svg',
    { y: top, width: '100%', height, viewBox: `0 0 1000 ${height}`, preserveAspectRatio: 'none', overflow: 'visible' },
    ...drawn,
  );
}
