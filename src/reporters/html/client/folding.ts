/** Folding all losses, and opening what a link leads to. */
export function startFolding(): void {
  document.querySelector('#open-all')?.addEventListener('click', () => setAll(true));
  document.querySelector('#close-all')?.addEventListener('click', () => setAll(false));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    if (link !== null) reveal(link.hash.slice(1));
  });
  if (location.hash !== '') reveal(location.hash.slice(1));
}

function setAll(open: boolean): void {
  for (const loss of document.querySelectorAll<HTMLDetailsElement>('details.loss')) {
    if (!loss.hidden) loss.open = open;
  }
}

/** The browser scrolls there by itself once it is open. */
function reveal(id: string): void {
  for (let at = document.querySelector(`#${CSS.escape(id)}`); at !== null; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
    if (at instanceof HTMLElement) at.hidden = false;
  }
}
