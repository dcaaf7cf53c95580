/** For evaluation in a page: texts with less contrast than https://www.w3.org/TR/WCAG22/#contrast-minimum (AA). */
export const contrastFaults = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = (css) => {
    if (!known.has(css)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      known.set(css, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(css);
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = rgba(getComputedStyle(each).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba(getComputedStyle(document.body).backgroundColor);
  };
  const faults = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('.unseen, .skip, script, style, title')) continue;
    if (!element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const inSvg = element.closest('svg') !== null;
    // numbers on the badges of a chart have the badge behind them
    const badge = element.matches('.badge-text');
    const back = badge ? rgba(getComputedStyle(element.previousElementSibling).fill) : behind(element);
    const [a, b] = [luminance(rgba(inSvg ? style.fill : style.color)), luminance(back)].toSorted((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const name = element.tagName + '.' + element.getAttribute('class');
    if (ratio < (large ? 3 : 4.5)) faults.add(ratio.toFixed(2) + ' ' + name + ' ' + node.data.trim().slice(0, 40));
  }
  return [...faults];
})()`;
