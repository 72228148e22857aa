/** The built-in losses on one engine. */

/** @returns (id, params) → the loss with these parameters, its inputs, and its worked example as a point */
export async function openLosses(engine, { builtInBundle, isIntegerDomain }) {
  const module = await engine.evaluate(builtInBundle(null), { isAllOwn: true, locate: () => null });
  return (id, given) => {
    const definition = module.exports.BUILT_IN_LOSSES[id];
    const { params, example } = definition;
    const parameters = params === undefined ? [] : [params.parse(given)];
    const inputs = Object.entries(definition.inputs).map(([name, { role = 'prediction', domain, shape, classes = null }]) => ({
      name,
      role,
      domain,
      shape,
      classes,
    }));
    const probe = module.bind({
      invoke: (tensors) => definition.loss(...tensors, ...parameters),
      inputNames: inputs.map(({ name }) => name),
      variables: () => new Map(),
    });
    const tensorIn = ({ domain }, shape, values) => {
      const integer = isIntegerDomain(domain);
      const data = integer ? Int32Array.from(values) : Float64Array.from(values);
      return { shape, dtype: integer ? 'int32' : 'float32', data };
    };
    const point = Object.fromEntries(
      inputs.map((input) => {
        const values = example.inputs[input.name];
        return [input.name, tensorIn(input, shapeOf(values), [values].flat(Infinity))];
      }),
    );
    return { id, probe, inputs, point, tensorIn };
  };
}

function shapeOf(value) {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}
