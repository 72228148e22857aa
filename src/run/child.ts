import { requestSchema, type Event } from './messages.ts';
import { serve } from './serve.ts';

/** The process that a user's module runs in: one request, events back, then it ends. */

// Kept before the module runs: it may replace `process.send` with something that claims a pass.
const send = process.send?.bind(process);

process.once('message', (message: unknown) => {
  void serve(requestSchema.parse(message), post).then(() => process.disconnect());
});

function post(event: Event): void {
  if (send === undefined) throw new Error('this process has no parent to report to');
  send(event);
}
