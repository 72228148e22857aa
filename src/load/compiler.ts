/**
 * Compiles a line of TypeScript.
 *
 * @returns the version of esbuild
 * @throws whatever esbuild throws where its program is missing or does not start
 */
export async function tryCompiler(): Promise<string> {
  const { transform, version } = await import('esbuild');
  await transform('export const one: number = 1;', { loader: 'ts' });
  return version;
}
