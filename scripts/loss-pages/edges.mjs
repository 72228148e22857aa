/** What a loss gives in float32 at the edges of the domain of its first prediction, with its default parameters. */

/** Every edge of every input is among so many; `losscheck verify` judges more combinations of them. */
const MOST_POINTS = 40;

/**
 * @returns points: how many were evaluated; rows: { edge, lowest, highest, steepest } over the edges of the other inputs
 */
export function edgeTable({ probe, inputs, tensorIn }, { edgeCombinations }) {
  const differentiable = inputs.filter(({ role }) => role === 'prediction' || role === 'parameter').map(({ name }) => name);
  const combinations = edgeCombinations(inputs, MOST_POINTS);
  const [first] = differentiable;
  const edges = [...new Set(combinations.map(({ label }) => edgeOf(label, first)))];
  const resultAt = ({ values }) => {
    const point = Object.fromEntries(inputs.map((input) => [input.name, tensorIn(input, input.shape, values[input.name])]));
    const { evaluation, gradients } = probe.gradient(point, differentiable);
    const entries = differentiable.flatMap((name) => Array.from(gradients[name].data, Math.abs));
    return { values: Array.from(evaluation.tensor.data), steepest: Math.max(...entries) };
  };
  const rows = edges.map((edge) => {
    const results = combinations.filter(({ label }) => edgeOf(label, first) === edge).map(resultAt);
    const all = results.flatMap(({ values }) => values);
    return { edge, lowest: Math.min(...all), highest: Math.max(...all), steepest: Math.max(...results.map(({ steepest }) => steepest)) };
  });
  return { points: combinations.length, rows };
}

/** `all 0` out of `yPred all 0; yTrue [0, 0, 1e10]`. */
function edgeOf(label, input) {
  const part = label.split('; ').find((one) => one.startsWith(`${input} `));
  return part.slice(input.length + 1);
}
