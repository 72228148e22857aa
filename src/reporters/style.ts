import { Chalk, type ChalkInstance } from 'chalk';

export type Style = ChalkInstance;

/** How text is painted, and the columns it is laid out for. */
export interface Layout {
  readonly style: Style;
  readonly width: number;
}

export function createLayout({ color, width }: { readonly color: boolean; readonly width: number }): Layout {
  return { style: createStyle(color), width };
}

/**
 * The one place where colour is switched on or off. Sixteen colours are enough, and a person's own
 * terminal theme decides how they look.
 */
export function createStyle(color: boolean): Style {
  return new Chalk({ level: color ? 1 : 0 });
}
