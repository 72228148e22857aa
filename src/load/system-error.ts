/** Why the system refused a file, as its code (`EACCES`, `EISDIR`): short, and the same on every machine. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
