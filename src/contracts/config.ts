import { z } from 'zod';
import { BACKEND_CHOICES } from './backend.ts';
import type { OwnCheck } from './check.ts';
import { allowSchema, expectSchema, inputMetadataSchema, toleranceSchema } from './metadata.ts';

/**
 * The config of a project: `losscheck.config.{ts,mts,js,mjs,json}`, or the field `losscheck` of its package.json.
 * What it says holds for every run below its folder. A flag wins over it, and so does what a module declares.
 */

const SEVERITY_LEVELS = ['off', 'info', 'warning', 'error'] as const;

const names = z.array(z.string().min(1, 'a name'), 'an array of names');
const text = z.string('a text').min(1, 'a text');
/** Whoever compiles globs refuses endless ones. */
const glob = z.string('a glob').min(1, 'a glob').max(1000, 'a glob of at most 1000 letters');

const severitySchema = z.record(z.string(), z.enum(SEVERITY_LEVELS, { error: SEVERITY_LEVELS.join(', ') }), 'levels by check or finding code');
const samplesSchema = z.int('a whole number').min(1, 'at least 1').max(1000, 'at most 1000');

/** What may be said for some files alone. */
export const overrideSchema = z.strictObject({
  /** Globs relative to the config, or ids of built-in losses. */
  files: z.union([glob, z.array(glob).min(1, 'at least one glob')], { error: 'a glob, or an array of globs' }),
  /** Inputs by name: what a module does not declare itself. */
  inputs: z.record(z.string(), inputMetadataSchema).optional(),
  tolerance: toleranceSchema.optional(),
  expect: expectSchema.optional(),
  allow: z.array(allowSchema.extend({ check: text, code: text.optional() })).optional(),
  check: names.optional(),
  skip: names.optional(),
  severity: severitySchema.optional(),
  samples: samplesSchema.optional(),
});

const wordsSchema = z.union([text, z.custom<(data: Readonly<Record<string, unknown>>) => string>((value) => typeof value === 'function')], {
  error: 'a text, or a function of the data that gives one',
});

const ownCheckSchema = z.strictObject({
  id: z.string('a name in lower case such as my-check').regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name in lower case such as my-check'),
  title: text,
  severity: z.enum(['error', 'warning'], { error: 'error, warning' }),
  precision: z.union([z.literal(32), z.literal(64)], { error: '32 or 64' }),
  findings: z.record(z.string(), z.strictObject({ title: text, message: wordsSchema, why: wordsSchema, fix: wordsSchema })),
  run: z.custom<OwnCheck['run']>((value) => typeof value === 'function', 'a function (context) => outcome'),
});

export const configSchema = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  /** What `verify` checks when it is given no target; relative to the config. */
  targets: names.optional(),
  /** Only these checks. */
  check: names.optional(),
  skip: names.optional(),
  seed: z.int('a whole number').min(0, 'at least 0').max(2 ** 32 - 1, 'at most 4294967295').optional(),
  samples: samplesSchema.optional(),
  tolerance: toleranceSchema.optional(),
  backend: z.enum(BACKEND_CHOICES, { error: BACKEND_CHOICES.join(', ') }).optional(),
  /** Seconds that one loss may take. */
  timeout: z.number('a number of seconds').gt(0, 'a number above 0').optional(),
  /** Seconds that the whole run may take. */
  runTimeout: z.number('a number of seconds').gt(0, 'a number above 0').optional(),
  /** Megabytes that the process of a module may hold. */
  maxMemory: z.int('a whole number of megabytes').min(256, 'at least 256').optional(),
  jobs: z.int('a whole number').min(1, 'at least 1').max(256, 'at most 256').optional(),
  /** Warnings and inconclusive checks fail the run. */
  strict: z.boolean('true or false').optional(),
  /** As `--reporter`: `table`, or `html:report.html` with a path relative to the config. */
  reporters: z.array(text, 'an array such as ["table", "html:report.html"]').optional(),
  /** A file of known findings, relative to the config. */
  baseline: text.optional(),
  /** What a check, or one finding code, weighs. */
  severity: severitySchema.optional(),
  /** For some files alone; a later one wins. */
  overrides: z.array(overrideSchema).optional(),
  /** Checks of the project's own, made with `defineCheck`. */
  checks: z.array(ownCheckSchema).optional(),
});

export type LosscheckConfig = z.input<typeof configSchema>;
export type ParsedConfig = z.infer<typeof configSchema>;
export type ConfigOverride = z.infer<typeof overrideSchema>;
export type SeverityLevel = (typeof SEVERITY_LEVELS)[number];

/**
 * Declares a config. The identity function, for the types.
 *
 * @example
 * import { defineConfig } from 'losscheck';
 *
 * export default defineConfig({
 *   targets: ['src/losses'],
 *   strict: true,
 *   overrides: [{ files: 'src/losses/segmentation/**', inputs: { yPred: { domain: 'probability' } } }],
 * });
 */
export function defineConfig(config: LosscheckConfig): LosscheckConfig {
  return config;
}
