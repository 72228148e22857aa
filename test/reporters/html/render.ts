import type { Report } from '../../../src/contracts/report.ts';
import { renderHtml } from '../../../src/reporters/html/page.ts';

/** As written to a file. */
export function render(report: Report): string {
  return renderHtml(report, { color: false, verbose: false, quiet: false, width: 80, root: '' });
}

/** The page without what the build puts in. */
export function bodyOf(page: string): string {
  const end = page.lastIndexOf('<script>');
  return page.slice(page.indexOf('<body>'), end);
}
