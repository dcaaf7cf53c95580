import { statusGlyph } from '../../svg/glyphs.ts';
import type { FeatureCell } from '../model.ts';

const shapes = {
  partial: '<circle class="line" cx="8" cy="8" r="6.2"/><path class="fill" d="M8 1.800a6.2 6.2 0 0 0 0 12.4z"/>',
  'not run': '<circle class="line" cx="8" cy="8" r="6.2" stroke-dasharray="1.2 3.600"/>',
};

/** A mark's shape; its word stands beside it or is said to screen readers. */
export function glyph(mark: FeatureCell['mark']): string {
  if (mark !== 'partial' && mark !== 'not run') return statusGlyph(mark);
  return `<svg class="glyph s-${className(mark)}" viewBox="0 0 16 16" aria-hidden="true">${shapes[mark]}</svg>`;
}

export const className = (mark: FeatureCell['mark']): string => mark.replace(' ', '-');
