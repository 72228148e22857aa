import { execFileSync } from 'node:child_process';

/** Tests that start the program need it built from the sources as they are now. */
export default function setup(): void {
  if (process.env['LOSSCHECK_SKIP_BUILD'] === '1') return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
