import { Chalk, type ChalkInstance } from 'chalk';

export type Style = ChalkInstance;

/**
 * The one place where colour is switched on or off. Sixteen colours are enough, and a person's own
 * terminal theme decides how they look.
 */
export function createStyle(color: boolean): Style {
  return new Chalk({ level: color ? 1 : 0 });
}
