import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What a figure was measured on. */

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A line under a table: when, on what, with which versions. */
export function provenance(command, versions = []) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const date = new Date().toISOString().slice(0, 10);
  const cpu = `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  // What else ran here: ratios stand it better than times do.
  const load = `load ${loadavg()[0].toFixed(1)} as it ended`;
  const programs = [`losscheck ${version} (${revision()})`, `Node ${process.versions.node}`, ...versions].join(', ');
  return `\`${command}\`, ${date}: ${cpu}, ${process.platform} ${process.arch}, ${load}; ${programs}.\n`;
}

function revision() {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    const isChanged = git('status', '--porcelain', '--', 'src', 'bin', 'scripts', 'package.json') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' and changes' : ''}`;
  } catch {
    return 'not a git checkout';
  }
}
