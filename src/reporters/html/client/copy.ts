const SHOWN_MS = 1500;

/** Buttons beside commands. Where the clipboard is closed to the page, the command is selected to be copied by hand. */
export function startCopying(): void {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button.copy') : null;
    const code = button?.previousElementSibling;
    if (button !== null && code !== null && code !== undefined) void copy(button, code);
  });
}

async function copy(button: HTMLButtonElement, code: Element): Promise<void> {
  const done = await write(code.textContent ?? '').then(
    () => true,
    () => false,
  );
  if (!done) getSelection()?.selectAllChildren(code);
  button.textContent = done ? 'Copied' : 'Selected';
  setTimeout(() => (button.textContent = 'Copy'), SHOWN_MS);
}

/** Rejects where the browser keeps the clipboard for itself, and where a page without a server has none. */
async function write(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
