import { z } from 'zod';
import { isDefinedLoss } from '../contracts/define-loss.ts';
import { formatDomain } from '../contracts/domain.ts';
import { defaultRole, metadataSchema } from '../contracts/metadata.ts';
import type { BuiltInDescription, BuiltInOracle } from './builtins.ts';

/** Built-in losses say more than users must: the build fails when one leaves something out. */
const definitionSchema = metadataSchema.required({ name: true, description: true, inputs: true }).extend({
  formula: z.string().min(1),
  reference: z.string().min(1),
  kinks: z.string().optional(),
  params: z.instanceof(Object).optional(),
  loss: z.unknown().optional(),
  example: z.object({
    inputs: z.record(z.string(), z.unknown()),
    params: z.record(z.string(), z.unknown()).default({}),
    value: z.number(),
  }),
});

const definedSchema = z.custom<object>(isDefinedLoss, 'a loss made by defineLoss');

const parameterSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});

/** What stands beside the definition of a loss. */
interface BesideDefinition {
  readonly family: string;
  readonly oracle: BuiltInOracle | null;
}

/** What `losscheck list` shows, from the definitions themselves. */
export function describeLosses(losses: unknown, beside: (id: string) => BesideDefinition): BuiltInDescription[] {
  return Object.entries(z.record(z.string(), definedSchema).parse(losses)).map(([id, loss]) => {
    const { name, description, formula, reference, kinks, inputs, params, example } = definitionSchema.parse({ ...loss });
    const { family, oracle } = beside(id);
    return {
      id,
      name,
      family,
      description,
      formula,
      reference,
      kinks: kinks ?? null,
      inputs: Object.entries(inputs).map(([input, { role, shape, domain }]) => ({
        name: input,
        role: role ?? defaultRole(input),
        shape: shape ?? [],
        domain: formatDomain(domain ?? 'real'),
      })),
      parameters: parametersOf(params),
      example,
      oracle,
    };
  });
}

function parametersOf(params: object | undefined): BuiltInDescription['parameters'] {
  if (params === undefined) return [];
  const schema = z.toJSONSchema(params as z.ZodType, { unrepresentable: 'any', io: 'input' });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { type, enum: choices, anyOf, default: initial, description } = parameterSchema.parse(property);
    return { name, type: typeName(type, choices, anyOf), default: initial ?? null, description: description ?? null };
  });
}

function typeName(type: string | string[] | undefined, choices: readonly unknown[] | undefined, anyOf: readonly unknown[] | undefined): string {
  if (choices !== undefined) return choices.join(' | ');
  if (anyOf !== undefined) return anyOf.map((one) => typeName(...partsOf(one))).join(' | ');
  return Array.isArray(type) ? type.join(' | ') : (type ?? 'any');
}

function partsOf(schema: unknown): Parameters<typeof typeName> {
  const { type, enum: choices, anyOf } = parameterSchema.parse(schema);
  return [type, choices, anyOf];
}
