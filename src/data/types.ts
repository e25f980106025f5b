// Rows of text out of a file, whatever its format.

export interface BadRow {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
}

/** A file opened for its text column. Rows come in the file's order; a null is a missing value. */
export interface TextSource {
  readonly path: string;
  readonly columns: readonly string[];
  /** The column that is read. */
  readonly column: string;
  /**
   * Yields batches of rows; can be started anew. Rows that cannot be read are left out and told to `onBadRow`; `onBytes`
   * is told how far into the file it is, where that is known.
   */
  rows(
    onBadRow: (row: BadRow) => void,
    signal?: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): AsyncIterable<readonly (string | null)[]>;
  close(): void;
}
