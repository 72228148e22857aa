/**
 * Finds the trainable variables that belong to a loss: fields of the object, and what lies in arrays,
 * maps, plain objects and other losses that it holds. Names read like the way to them: `logVars`,
 * `weights.0`. A variable that can be reached in two ways has the name found first.
 */
export function trainableVariables(owner: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const seen = new Set<object>();
  const visit = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    try {
      if (isVariable(value)) {
        if (value.trainable) found.set(name, value);
      } else if (name === '' || isContainer(value)) {
        for (const [key, child] of entriesOf(value)) visit(child, name === '' ? key : `${name}.${key}`);
      }
    } catch {
      // A proxy that does not let itself be looked at, or nesting without end: no variable that anybody trains.
    }
  };
  visit(owner, '');
  return found;
}

/** By its shape, not by class: the variable may come from any copy of TensorFlow.js. */
function isVariable(value: object): value is { trainable: boolean } {
  return (
    'assign' in value &&
    typeof value.assign === 'function' &&
    'trainable' in value &&
    typeof value.trainable === 'boolean' &&
    'dataSync' in value &&
    typeof value.dataSync === 'function' &&
    'shape' in value &&
    Array.isArray(value.shape)
  );
}

/** What may be looked into. Other objects (tensors, backends, whole models) are not the loss's own. */
function isContainer(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || lossMethodOf(value) !== null;
}

function entriesOf(value: object): readonly (readonly [string, unknown])[] {
  if (value instanceof Map) return [...value].map(([key, child]) => [String(key), child] as const);
  if (value instanceof Set) return [...value].map((child, index) => [String(index), child] as const);
  return (
    Object.entries(Object.getOwnPropertyDescriptors(value))
      // A getter may compute, allocate or throw: only what is stored is looked at.
      .flatMap(([key, descriptor]) => ('value' in descriptor ? [[key, descriptor.value] as const] : []))
  );
}

export const LOSS_METHODS = ['call', 'forward', 'apply'] as const;
export type LossMethod = (typeof LOSS_METHODS)[number];

/**
 * The method by which an object is called as a loss. Null for a layer or model of tfjs-layers: it has
 * `call` and `apply` too, but is no loss.
 */
export function lossMethodOf(value: object): LossMethod | null {
  if ('countParams' in value && 'getWeights' in value) return null;
  return LOSS_METHODS.find((method) => method in value && typeof Reflect.get(value, method) === 'function') ?? null;
}
