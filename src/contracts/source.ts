/** A place in a person's source file, 1-based as editors count. */
export interface SourceLocation {
  /** Relative to the directory losscheck was started in, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A few lines around a location, so that a report can show them without reading the disk. */
export interface CodeFrame {
  readonly startLine: number;
  readonly lines: readonly string[];
}
