// What a spec asks of a page that a browser shows; each of these runs in the page.

/** In the page: what is too small for a finger. */
export function smallTargets() {
  return [...document.querySelectorAll('a, button, select, input, summary')]
    .filter((element) => element.checkVisibility() && !element.matches('.skip'))
    .map((element) => [
      element,
      (element.matches('[type=radio]') ? element.closest('label') : element).getBoundingClientRect(),
    ])
    .filter(([, { width, height }]) => width < 44 || height < 44)
    .map(
      ([element, { width, height }]) =>
        `${element.outerHTML.slice(0, 60)}: ${Math.round(width)} by ${Math.round(height)}`,
    );
}

/** In the page: headings that skip a level, a second title, or none. */
export function oddHeadings() {
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
    .filter((element) => element.checkVisibility())
    .map(({ tagName, textContent }) => [Number(tagName[1]), textContent]);
  const titles = levels.filter(([level]) => level === 1).length;
  const skips = levels.filter(([level], index) => level > (levels[index - 1]?.[0] ?? 0) + 1).map(([, text]) => text);
  return titles === 1 ? skips : [`${titles} titles`, ...skips];
}

/** In the page: texts whose contrast with what lies behind them is below WCAG AA. */
export function faintTexts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const drawn = new Map();
  const rgba = (colour) => {
    if (drawn.has(colour)) return drawn.get(colour);
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    drawn.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    return drawn.get(colour);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour
      .slice(0, 3)
      .map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (getComputedStyle(at).backgroundImage !== 'none') return undefined;
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 230) return colour;
    }
    return [255, 255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === 3)
      .map((node) => node.data.trim())
      .join('');
    if (!text || !element.checkVisibility() || element.closest('option, noscript, [disabled]')) continue;
    const back = behind(element);
    if (!back) continue;
    const [light, dark] = [luminance(rgba(getComputedStyle(element).color)), luminance(back)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) faint.push(`${text.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}

/** In the page: texts that a neighbour has pressed to a letter or two a line. */
export function narrowTexts() {
  return [...document.querySelectorAll('body *')]
    .filter(
      (element) =>
        element.checkVisibility() &&
        [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 8),
    )
    .filter((element) => !element.matches('.unseen, .unseen *') && element.getBoundingClientRect().width < 40)
    .map((element) => element.textContent.slice(0, 40));
}

/** In the page: how far something sticks out sideways. */
export const sticksOut = () => document.documentElement.scrollWidth - innerWidth;
