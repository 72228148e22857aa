import type { Emit, Request } from '../messages.ts';
import type { Child } from './child-process.ts';
import type { Ending } from './ending.ts';
import { exchange } from './exchange.ts';
import { warmUp } from './warm.ts';

/**
 * Has a request answered by a fresh child, within the limits of its options.
 *
 * @throws what `emit` throws, once the child has ended
 */
export function ask(child: Child, request: Request, emit: Emit): Promise<Ending> {
  return exchange(child, request, { keepsCode: false, onCold: () => warmUp(child) }, emit);
}
