import { existsSync } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** A browser to look at reports with: a variable says where, else PATH; null where there is none. */
export function findChromium(): string | null {
  const { LOSSCHECK_CHROMIUM, CHROME_PATH, PATH = '' } = process.env;
  const named = [LOSSCHECK_CHROMIUM, CHROME_PATH].find((file) => file !== undefined && file !== '');
  if (named !== undefined) return named;
  const files = PATH.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return files.find((file) => existsSync(file)) ?? null;
}
