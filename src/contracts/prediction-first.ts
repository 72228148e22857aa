/** As much of the engine of TensorFlow.js as is looked at. All copies in a process share one. */
interface Engine {
  readonly state?: {
    readonly registeredVariables?: Readonly<Record<string, { readonly id: number; readonly trainable: boolean }>>;
    readonly activeTape?: readonly TapeNode[] | null;
  };
}

interface TapeNode {
  readonly inputs: Readonly<Record<string, { readonly id: number } | undefined>>;
  readonly outputs: readonly { readonly id: number }[];
}

/** By its fields, not by class: it may come from any copy of TensorFlow.js. */
export function isTensor(value: unknown): value is { readonly id: number } {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value && 'id' in value;
}

/** True for a loss of one prediction and one target, in this order: what `model.compile` would call the other way round. */
export function takesPair(inputs: Readonly<Record<string, { readonly role?: string | undefined } | null | undefined>>): boolean {
  const roles = Object.values(inputs).map((input) => input?.role ?? 'prediction');
  return roles.length === 2 && roles[0] === 'prediction' && roles[1] === 'target';
}

/**
 * True for a call of such a loss in the order of Keras, `(yTrue, yPred)`, which is how `model.compile` calls.
 *
 * Most losses would go on with the two mixed up, and train badly without a word. While a gradient is taken it can be
 * seen: what depends on the trainable variables is the prediction. Outside of that nothing is known, and nothing is
 * refused.
 */
export function isTargetFirst([prediction, target]: readonly unknown[]): boolean {
  if (!isTensor(prediction) || !isTensor(target)) return false;
  const learned = learnedTensors();
  return learned.has(target.id) && !learned.has(prediction.id);
}

/** The trainable variables, and what has been computed from them on the tape. */
function learnedTensors(): ReadonlySet<number> {
  const { state }: Engine = Reflect.get(globalThis, '_tfengine') ?? {};
  const learned = new Set<number>();
  if (!state?.activeTape || state.registeredVariables === undefined) return learned;
  for (const { id, trainable } of Object.values(state.registeredVariables)) if (trainable) learned.add(id);
  for (const node of state.activeTape) {
    if (!Object.values(node.inputs).some((input) => input !== undefined && learned.has(input.id))) continue;
    for (const output of node.outputs) learned.add(output.id);
  }
  return learned;
}
