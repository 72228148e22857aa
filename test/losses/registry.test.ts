import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isDefinedLoss } from '../../src/contracts/define-loss.ts';
import { METADATA_FIELDS, metadataSchema } from '../../src/contracts/metadata.ts';
import { FAMILIES, FAMILY_ORDER } from '../../src/losses/families.ts';
import { BUILT_IN_LOSSES } from '../../src/losses/index.ts';
import { describeBuiltIns } from '../../src/run/index.ts';
import { exampleOf, goldenOf, IDS, inputsOf, openBuiltIns, parsedParams, pointOf } from './built-ins.ts';
import { scalarIn } from './compare.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';

const bind = await openBuiltIns(createReferenceEngine());
const descriptions = await describeBuiltIns();

function namesOf(folder: string, extension: string): readonly string[] {
  return readdirSync(path.resolve(folder))
    .filter((file) => file.endsWith(extension))
    .map((file) => file.slice(0, -extension.length))
    .toSorted();
}

describe('the registry of built-in losses', () => {
  test('holds one loss for each file of the room', () => {
    const files = namesOf('src/losses', '.ts').filter((name) => !['index', 'families'].includes(name));
    expect(IDS.toSorted()).toEqual(files);
  });

  test('has golden values for each loss and for nothing else', () => {
    expect(namesOf('fixtures/reference', '.json')).toEqual(IDS.toSorted());
  });
});

describe.each(IDS)('%s', (id) => {
  const loss = BUILT_IN_LOSSES[id];

  test('is made by defineLoss and documented', () => {
    expect(isDefinedLoss(loss)).toBe(true);
    for (const text of [loss.name, loss.description, loss.formula, loss.reference]) expect(text).toMatch(/\S/);
    expect(loss.reference).toMatch(/\b1[6-9]\d\d\b|\b20\d\d\b/);
  });

  test('has metadata that a user module could have', () => {
    const metadata = Object.fromEntries(Object.entries(loss).filter(([field]) => METADATA_FIELDS.includes(field)));
    expect(metadataSchema.safeParse(metadata).error).toBeUndefined();
    for (const [, declaration] of inputsOf(id)) {
      expect(Object.keys(declaration)).toEqual(expect.arrayContaining(['shape', 'domain']));
    }
  });

  test('refuses a parameter that does not exist', () => {
    if (loss.params === undefined) return expect(parsedParams(id, {})).toEqual([]);
    expect(loss.params.safeParse({ noSuchParameter: 1 }).success).toBe(false);
    expect(loss.params.safeParse({}).success).toBe(true);
  });

  test('computes its worked example, which is the golden one', () => {
    const golden = exampleOf(id);
    const { inputs, params = {}, value } = loss.example ?? { inputs: {}, value: NaN };
    expect(inputs).toEqual(golden.inputs);
    expect(params).toEqual(golden.params);
    const computed = scalarIn(bind(id, params).value(pointOf(id, inputs)));
    expect(Math.abs(computed - value)).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(value)));
  });

  test('is listed with its family, its example and its oracle', () => {
    const { oracle, versions } = goldenOf(id);
    const { params = {}, inputs, value } = loss.example ?? {};
    expect(FAMILY_ORDER).toContain(FAMILIES[id]);
    expect(descriptions.find((one) => one.id === id)).toMatchObject({
      family: FAMILIES[id],
      example: { inputs, params, value },
      oracle: { name: oracle, versions },
    });
  });

  test('records the oracle and its versions', () => {
    const { loss: name, oracle, versions, generator } = goldenOf(id);
    expect(name).toBe(id);
    expect(oracle).toMatch(/\S/);
    expect(versions).toMatchObject({ python: expect.any(String), torch: expect.any(String) });
    expect(existsSync(path.resolve('fixtures/reference', generator))).toBe(true);
  });
});
