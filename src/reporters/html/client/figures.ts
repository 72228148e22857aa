import type { Plot } from '../plot.ts';
import type { Drawing } from './drawing.ts';
import { drawHeat } from './heat-map.ts';
import { drawLines } from './line-plot.ts';

/** Drawn a screen ahead, and given back when it is as far behind: a page of hundreds stays light. */
const AHEAD = '100% 0px';
const HINT = 'Point at the picture, or focus it and use the arrow keys, to read values.';

/** @returns what paints all pictures on the screen again, or really all of them */
export function startFigures(): (everything: boolean) => void {
  const drawn = new Map<HTMLElement, { drawing: Drawing; width: number }>();
  const draw = (host: HTMLElement) => {
    erase(host);
    host.style.minHeight = '0';
    const width = host.clientWidth;
    if (width === 0) return;
    drawn.set(host, { drawing: drawInto(host, width), width });
    // What follows stays where it is when the picture is given back.
    host.style.minHeight = `${host.clientHeight}px`;
  };
  const erase = (host: HTMLElement) => {
    drawn.get(host)?.drawing.destroy();
    drawn.delete(host);
    host.replaceChildren();
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!(target instanceof HTMLElement)) continue;
        if (!isIntersecting) erase(target);
        else if (!drawn.has(target)) draw(target);
      }
    },
    { rootMargin: AHEAD },
  );
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      const width = drawn.get(target)?.width;
      if (width !== undefined && width !== target.clientWidth) draw(target);
    }
  });
  const hosts = [...document.querySelectorAll<HTMLElement>('[data-plot]')];
  for (const host of hosts) {
    seen.observe(host);
    resized.observe(host);
  }
  return (everything) => {
    for (const host of everything ? hosts : [...drawn.keys()]) draw(host);
  };
}

function drawInto(host: HTMLElement, width: number): Drawing {
  const data = host.nextElementSibling;
  const readout = host.closest('figure')?.querySelector('.readout');
  const say = (text: string) => {
    if (readout instanceof HTMLElement) readout.textContent = text === '' ? HINT : text;
  };
  say('');
  const plot: Plot = JSON.parse(data?.textContent ?? '');
  return plot.kind === 'heat' ? drawHeat(host, plot, width, say) : drawLines(host, plot, width, say);
}
