import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import { createLayout, type Layout } from '../../reporters/style.ts';
import { hang, widest } from '../../reporters/text.ts';
import type { CommandContext } from '../command-context.ts';
import { findSection, renderMarkdown } from '../markdown.ts';
import { layoutFor } from '../output.ts';
import { suggest } from '../suggestion.ts';
import { packageRoot } from '../../package-root.ts';
import type { Catalogue, CheckEntry } from '../services.ts';
import { addColorFlags } from './shared-flags.ts';

/** Below `docs/`: what keeps a loss from being checked, and what could not be decided. */
const FAILURES_PAGE = 'failures.md';

export function registerExplain(program: Command, context: CommandContext): void {
  const command = program
    .command('explain')
    .summary('what a check or a finding means')
    .description('What a check or a finding means: why it matters, an example, how to fix it.')
    .argument('[name]', 'a check (gradient-match) or a finding code; without it all are listed');
  addColorFlags(command).action((name: string | undefined, flags: { color?: boolean }) =>
    runExplain(name, flags, context),
  );
}

async function runExplain(
  name: string | undefined,
  flags: { readonly color?: boolean },
  context: CommandContext,
): Promise<void> {
  const { terminal, services } = context;
  const layout = createLayout(layoutFor(terminal, flags));
  const [checks, catalogue] = await Promise.all([services.checks(), services.catalogue()]);
  const stdout = name === undefined ? renderIndex(checks, catalogue, layout) : explain(name, checks, catalogue, layout);
  context.finish({ stdout, exitCode: EXIT.passed });
}

function explain(name: string, checks: readonly CheckEntry[], catalogue: Catalogue, layout: Layout): string {
  const { style } = layout;
  if (checks.some((check) => check.id === name)) return renderMarkdown(readPage(`checks/${name}.md`), layout);
  const entry = catalogue.get(name);
  if (entry === undefined) throw unknownName(name, checks, catalogue);
  const page = entry.check === null ? FAILURES_PAGE : `checks/${entry.check}.md`;
  const section = findSection(readPage(page), `\`${name}\``);
  if (section === null) throw new Error(`docs/${page} has no section for ${name}`);
  const [, ...body] = section.split('\n');
  const title = style.bold(`${name}: ${entry.title}`);
  const more = entry.check === null ? [] : ['', style.dim(`The whole page: losscheck explain ${entry.check}`)];
  return `${[title, '', `${renderMarkdown(body.join('\n'), layout).trimEnd()}`, ...more].join('\n')}\n`;
}

function readPage(name: string): string {
  return readFileSync(join(packageRoot(), 'docs', name), 'utf8');
}

function unknownName(name: string, checks: readonly CheckEntry[], catalogue: Catalogue): UsageError {
  const suggestion = suggest(name, [...checks.map((check) => check.id), ...catalogue.keys()]);
  const mend = suggestion ?? '`losscheck explain` lists them all';
  return new UsageError(`explain: found ${quote(name)}, expected a check or a finding code; ${mend}`);
}

function renderIndex(checks: readonly CheckEntry[], catalogue: Catalogue, { style, width }: Layout): string {
  const codes = [...catalogue];
  const codeWidth = widest(codes.map(([code]) => code));
  const describe = (check: string | null) =>
    codes
      .filter(([, entry]) => entry.check === check)
      .flatMap(([code, entry]) => hang(`  ${code.padEnd(codeWidth)}  `, entry.title, width));
  const blocks = [
    ...checks.map((check) => [
      ...hang(`${check.id}  `, `${check.title} (${check.severity})`, width).map((line, row) =>
        (row === 0 ? style.bold(check.id) + line.slice(check.id.length) : line).replace(/\(\w+\)$/, (severity) => style.dim(severity)),
      ),
      ...describe(check.id),
    ]),
    [style.bold('when a loss cannot be checked'), ...describe(null)],
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}
