import { expect } from 'vitest';
import { z } from 'zod';
import { reportSchema, type Report } from '../../src/contracts/report.ts';
import type { ReporterName } from '../../src/reporters/names.ts';
import { placeOf } from '../../src/reporters/place.ts';
import { problemsOf, type Problem } from '../../src/reporters/problems.ts';
import { clean, oneLine } from '../../src/reporters/text.ts';
import { readGithub, readGitlab, readJunit, readSarif } from './formats.ts';
import { readMarkdown, shown } from './markdown-reader.ts';

/** Decoded texts of a format, one or more for each problem. */
type Reader = (text: string) => readonly string[];

const problemLine = z.looseObject({ type: z.string(), level: z.string().optional(), location: z.object({ file: z.string(), line: z.int() }).nullish() });

const READERS: Readonly<Record<ReporterName, Reader>> = {
  table: (text) => [text],
  json: (text) => problemsOf(reportSchema.parse(JSON.parse(text))).map(({ code, message, location, fix, replay }) => [code, message, `${location?.file}:${location?.line}`, fix, replay].join('\n')),
  ndjson: (text) => text.trim().split('\n').map((line) => problemLine.parse(JSON.parse(line))).filter(({ type }) => type === 'problem').map((line) => [...Object.values(line).map(String), `${line.location?.file}:${line.location?.line}`].join('\n')),
  junit: readJunit,
  sarif: (text) => readSarif(text).results.map(({ ruleId, message, locations: [{ physicalLocation: at }] }) => [ruleId, message.text, `${decodeURIComponent(at.artifactLocation.uri)}:${at.region?.startLine}`].join('\n')),
  github: (text) => readGithub(text).map(({ properties, message }) => [properties['title'], `${properties['file']}:${properties['line']}`, message].join('\n')),
  gitlab: (text) => readGitlab(text).map(({ check_name: code, description, content, location }) => [code, description, content.body, `${location.path}:${location.lines.begin}`].join('\n')),
  markdown: readMarkdownSections,
  compact: (text) => text.split('\n'),
  html: (text) => text.split('<details class="problem ').slice(1).map(withoutMarkup),
};

/** The text of a piece of HTML, as a browser would show it. */
function withoutMarkup(html: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
  return html.replace(/<[^>]*>/g, ' ').replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (entity, decimal?: string, hex?: string, name = '') => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return hex === undefined ? (named[String(name)] ?? entity) : String.fromCodePoint(Number.parseInt(hex, 16));
  });
}

function readMarkdownSections(text: string): readonly string[] {
  const sections: string[][] = [];
  for (const { text: line, isCode } of readMarkdown(text)) {
    if (!isCode && line.startsWith('### ')) sections.push([]);
    sections.at(-1)?.push(isCode ? line : shown(line));
  }
  return sections.map((lines) => lines.join('\n'));
}

/** Every failure of the report has one place in the text that tells all of it: code, message, line, fix, replay. */
export function expectSameStory(name: ReporterName, report: Report, text: string): void {
  const failures = problemsOf(report).filter(({ level }) => level === 'failure');
  expect(failures.length).toBeGreaterThan(0);
  const told = READERS[name](text).map((each) => words(each));
  for (const problem of failures) {
    const parts = partsOf(problem).map(words);
    const most = Math.max(...told.map((each) => parts.filter((part) => each.includes(part)).length));
    expect(most, `${name} tells of ${problem.fingerprint}: ${parts.join('\n')}`).toBe(parts.length);
  }
}

function partsOf(problem: Problem): readonly string[] {
  const { code, message, location, fix, replay } = problem;
  const place = location === null ? null : placeOf(problem);
  return [code, message, ...(place === null ? [] : [`${place.file}:${place.line}`]), fix, replay];
}

/** Line breaks, indentation and the wrapping of the table are the formats' own. */
function words(text: string): string {
  return oneLine(clean(text));
}
