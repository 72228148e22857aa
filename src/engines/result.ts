import type { Tf, Tensor } from './tfjs.ts';

/** What a loss returned, sorted out: the tensor to minimise and what came with it. */
export type LossOutput =
  | { readonly kind: 'tensor'; readonly total: Tensor; readonly components: Readonly<Record<string, unknown>> }
  | { readonly kind: 'not-a-tensor'; readonly found: string; readonly value: number | null };

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function notATensor(value: unknown): LossOutput {
  if (value === null) return { kind: 'not-a-tensor', found: 'null', value: null };
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return { kind: 'not-a-tensor', found: 'array', value: null };
  if (isRecord(value) && typeof value['then'] === 'function') {
    return { kind: 'not-a-tensor', found: 'promise', value: null };
  }
  return { kind: 'not-a-tensor', found: typeof value, value: typeof value === 'number' ? value : null };
}

/**
 * The forms of product.md: a tensor, `[total, components]`, `{ total | loss, components }`, or a total
 * beside named scalars.
 */
export function sortOutput(tf: Tf, output: unknown): LossOutput {
  const isTensor = (value: unknown): value is Tensor => value instanceof tf.Tensor;
  if (isTensor(output)) return { kind: 'tensor', total: output, components: {} };
  if (Array.isArray(output)) {
    const [total, components] = output as readonly unknown[];
    if (!isTensor(total)) return output.length === 2 && isRecord(components) ? notATensor(total) : notATensor(output);
    if (output.length === 1) return { kind: 'tensor', total, components: {} };
    if (output.length === 2 && isRecord(components) && !isTensor(components)) {
      return { kind: 'tensor', total, components: { ...components } };
    }
    return notATensor(output);
  }
  if (isRecord(output)) {
    const { total: byTotal, loss: byLoss, components, ...rest } = output;
    const total = byTotal ?? byLoss;
    if (!isTensor(total)) return notATensor(total === undefined ? output : total);
    const named = byTotal === undefined || byLoss === undefined ? rest : { ...rest, loss: byLoss };
    return { kind: 'tensor', total, components: isRecord(components) ? { ...components } : named };
  }
  return notATensor(output);
}
