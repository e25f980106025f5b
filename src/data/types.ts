// Rows of text out of a file, whatever its format.

export interface BadRow {
  /** Counted from 1. */
  readonly line: number;
  /** Where the line starts in the file, where that is known. */
  readonly byte?: number | undefined;
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

/** A column in figures. */
export interface ColumnSummary {
  readonly name: string;
  /** string, int64, float64, bool, list, struct, date, timestamp …; "mixed" where values are of several. */
  readonly type: string;
  /** Rows without a value. */
  readonly nulls: number;
  /** Different values; exact up to a million rows, beyond that an estimate. */
  readonly distinct: number;
  /** Null for lists, structs and columns without a value. Texts are ordered by their code points. */
  readonly min: string | number | boolean | null;
  readonly max: string | number | boolean | null;
}
