/** The order of the button: what the system says, then one theme, then the other. */
const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;
type Theme = keyof typeof NEXT;

/** @param redraw paints the pictures again, in other colours; at once and all of them where a printer waits */
export function startTheme(redraw: (everything: boolean) => void): void {
  const button = document.querySelector<HTMLButtonElement>('#theme');
  let theme: Theme = 'system';
  const apply = (next: Theme) => {
    const { dataset } = document.documentElement;
    if (next === 'system') delete dataset['theme'];
    else dataset['theme'] = next;
  };
  button?.addEventListener('click', () => {
    theme = NEXT[theme];
    apply(theme);
    button.textContent = `Theme: ${theme}`;
    redraw(false);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redraw(false));
  // Paper is white.
  addEventListener('beforeprint', () => {
    apply('light');
    redraw(true);
  });
  addEventListener('afterprint', () => {
    apply(theme);
    redraw(false);
  });
}

/** Colours of the theme in force. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
