import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Tests that start the program need it built from the sources as they are now, and no verdicts of earlier runs. */
export default function setup(): () => void {
  const cache = mkdtempSync(path.join(tmpdir(), 'losscheck-test-cache-'));
  process.env['LOSSCHECK_CACHE'] = cache;
  if (process.env['LOSSCHECK_SKIP_BUILD'] !== '1') execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  return () => rmSync(cache, { recursive: true, force: true });
}
