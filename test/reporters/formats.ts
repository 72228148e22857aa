import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Ajv } from 'ajv';
import { validateXML } from 'xmllint-wasm';
import { z } from 'zod';

/** Readers of the formats, each after the format's own standard: they complain about what is not valid and decode the rest. */

// JUnit

const JUNIT_XSD = readFileSync(path.join(import.meta.dirname, 'schemas/junit.xsd'), 'utf8');

/** What the schema has against documents; empty when they are valid. */
export async function complaintsOfJunit(...documents: readonly string[]): Promise<readonly string[]> {
  const xml = documents.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  const { valid, errors } = await validateXML({ xml, schema: [JUNIT_XSD] });
  return valid ? [] : errors.map(({ rawMessage }) => rawMessage);
}

/** Texts of the failures and errors, decoded. */
export function readJunit(text: string): readonly string[] {
  return [...text.matchAll(/<(failure|error) type="[^"]*" message="([^"]*)">([^<]*)<\/\1>/g)].map(([, , message = '', body = '']) => unescapeXml(`${message}\n${body}`));
}

export function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#10;', '\n').replaceAll('&amp;', '&');
}

// SARIF

const require = createRequire(import.meta.url);
const sarifText = readFileSync(path.join(path.dirname(require.resolve('@microsoft/jest-sarif/package.json')), 'lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8');
/** It names draft 4 of JSON Schema, but has nothing that later drafts read otherwise, except for its own name. */
const { $schema: _draft, id: _name, ...sarifSchema } = z.record(z.string(), z.unknown()).parse(JSON.parse(sarifText));

function isUriReference(text: string): boolean {
  return /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text) && URL.canParse(text, 'file:///repository/');
}

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats: { uri: (text: string) => isUriReference(text) && URL.canParse(text), 'uri-reference': isUriReference, 'date-time': true } });
const validateSarif = ajv.compile(sarifSchema);

/** What the schema of OASIS has against a log. */
export function complaintsOfSarif(text: string): readonly string[] {
  return validateSarif(JSON.parse(text)) ? [] : (validateSarif.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const messageSchema = z.object({ text: z.string() });
const sarifLocationSchema = z.object({
  physicalLocation: z.object({
    artifactLocation: z.object({ uri: z.string(), uriBaseId: z.string().optional() }),
    region: z.object({ startLine: z.int(), startColumn: z.int() }).optional(),
  }),
});
const sarifLogSchema = z.object({
  runs: z.tuple([
    z.object({
      tool: z.object({ driver: z.object({ rules: z.array(z.object({ id: z.string(), help: messageSchema, defaultConfiguration: z.object({ level: z.string() }) })) }) }),
      automationDetails: z.object({ id: z.string() }),
      invocations: z.tuple([z.object({ executionSuccessful: z.boolean(), toolExecutionNotifications: z.array(z.object({ message: messageSchema })) })]),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.int(),
          level: z.enum(['error', 'warning', 'note']),
          message: messageSchema,
          locations: z.tuple([sarifLocationSchema]),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z.array(z.object({ kind: z.string(), justification: z.string() })).optional(),
          baselineState: z.string().optional(),
          properties: z.record(z.string(), z.string().nullable()),
        }),
      ),
    }),
  ]),
});
export type SarifRun = z.infer<typeof sarifLogSchema>['runs'][0];

export function readSarif(text: string): SarifRun {
  return sarifLogSchema.parse(JSON.parse(text)).runs[0];
}

// GitLab

/** @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
const gitlabSchema = z.array(
  z.object({
    description: z.string().min(1),
    check_name: z.string().min(1),
    fingerprint: z.string().min(1),
    severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
    location: z.strictObject({ path: z.string().regex(/^(?!\.\/)/), lines: z.strictObject({ begin: z.int().min(1) }) }),
    content: z.object({ body: z.string() }),
  }),
);
export type GitlabEntry = z.infer<typeof gitlabSchema>[number];

export function readGitlab(text: string): readonly GitlabEntry[] {
  const entries = gitlabSchema.parse(JSON.parse(text));
  const fingerprints = new Set(entries.map(({ fingerprint }) => fingerprint));
  if (fingerprints.size !== entries.length) throw new Error('a fingerprint twice');
  return entries;
}

// GitHub

export interface WorkflowCommand {
  readonly kind: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** As the runner reads them: a command a line, properties up to the second `::`. */
export function readGithub(text: string): readonly WorkflowCommand[] {
  return text.split('\n').slice(0, -1).map((line) => {
    const [, kind, properties = '', message = ''] = /^::(error|warning|notice) (.*?)::(.*)$/.exec(line) ?? [];
    if (kind === undefined) throw new Error(`not a workflow command: ${line}`);
    const pairs = properties.split(',').map((pair) => {
      const [name = '', value, ...more] = pair.split('=');
      if (!/^(file|line|col|title)$/.test(name) || value === undefined || (more.length > 0 && name !== 'title' && name !== 'file')) throw new Error(`not a property: ${pair}`);
      return [name, decode([value, ...more].join('='))];
    });
    return { kind, properties: z.record(z.string(), z.string()).parse(Object.fromEntries(pairs)), message: decode(message) };
  });
}

function decode(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
}
