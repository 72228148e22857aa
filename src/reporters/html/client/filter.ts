/** Which losses are shown: by verdict and by words, all of which must be there. */
export function startFilter(): void {
  const search = document.querySelector<HTMLInputElement>('#search');
  if (search === null) return;
  const losses = [...document.querySelectorAll<HTMLElement>('details.loss')].map((element) => ({
    element,
    state: element.dataset['state'] ?? '',
    text: textOf(element),
  }));
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('button.filter')];
  let wanted = 'all';

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    let shown = 0;
    for (const { element, state, text } of losses) {
      element.hidden = !((wanted === 'all' || wanted === state) && words.every((word) => text.includes(word)));
      if (!element.hidden) shown++;
    }
    setText('#shown', `${shown} of ${losses.length} shown`);
    const nothing = document.querySelector<HTMLElement>('#nothing');
    if (nothing !== null) nothing.hidden = shown > 0;
  };
  const choose = (filter: string) => {
    wanted = filter;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset['filter'] === filter));
    apply();
  };

  search.addEventListener('input', apply);
  for (const button of buttons) button.addEventListener('click', () => choose(button.dataset['filter'] ?? 'all'));
  document.querySelector('#clear')?.addEventListener('click', () => {
    search.value = '';
    choose('all');
    search.focus();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    search.focus();
  });
  apply();
}

/** What a person would look for: names, findings, checks and code, but not the numbers of pictures. */
function textOf(loss: HTMLElement): string {
  const parts = loss.querySelectorAll(':scope > summary, .problem, .checks tr:not(.skip), .inputs, .source');
  return [...parts].map((part) => part.textContent ?? '').join('\n').toLowerCase();
}

function setText(selector: string, text: string): void {
  const element = document.querySelector(selector);
  if (element !== null) element.textContent = text;
}
