// A data set as it is looked at: its splits, columns, the rows in view, single cells.

/** One part of a data set, such as its training rows; a file alone is one split. */
export interface DatasetSplit {
  readonly name: string;
  /** Absolute paths, read one after the other. */
  readonly files: readonly string[];
}

export interface DatasetColumn {
  readonly name: string;
  /** string, int64, float64, bool, list, struct, date, timestamp …; "mixed" where values are of several. */
  readonly type: string;
}

/** A value as text; null is a missing one. `cut`: only its start is here, and it has `length` characters. */
export type DatasetCell = string | null | { readonly cut: string; readonly length: number };

export const FILTER_TESTS = [
  'contains',
  'equals',
  'not equals',
  'at least',
  'at most',
  'is null',
  'is not null',
  'is empty',
  'is blank',
] as const;
export type FilterTest = (typeof FILTER_TESTS)[number];

/** Tests that need no value. */
export const isUnary = (test: FilterTest): boolean => test.startsWith('is ');

export interface ColumnFilter {
  readonly column: string;
  readonly test: FilterTest;
  /** As typed; compared as a number where the column holds numbers. */
  readonly value: string;
}

/** Which rows are in view, and in which order. */
export interface DatasetView {
  /** Rows that hold this text in any column, whatever its case; empty: all. */
  readonly search: string;
  /** All of them must hold. */
  readonly filters: readonly ColumnFilter[];
  /** A condition in SQL over the columns, such as `length(text) > 200`; empty: none. */
  readonly condition: string;
  /** Absent: the file's own order. */
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
}

export const WHOLE_VIEW: DatasetView = { search: '', filters: [], condition: '', sort: null };

export const isWhole = (view: DatasetView): boolean =>
  view.search === '' && view.filters.length === 0 && view.condition.trim() === '' && view.sort === null;

/** Rows of a view, from the row asked for on. */
export interface DatasetPage {
  /** Where each row is in the data set, counted from 0. */
  readonly rows: readonly number[];
  /** A row each, a cell for each column asked for. */
  readonly cells: readonly (readonly DatasetCell[])[];
}

/** A column in figures, over the rows in view. */
export interface DatasetSummary {
  readonly rows: number;
  readonly nulls: number;
  /** Texts of no character, and of white space only; 0 for other types. */
  readonly empty: number;
  readonly blank: number;
  readonly distinct: number;
  /** False: `distinct` is an estimate. */
  readonly isExact: boolean;
  /** Of numbers, dates and truth values; for texts and lists: of their lengths. */
  readonly min: string | null;
  readonly max: string | null;
  /** What `min`, `max` and the histogram are of. */
  readonly of: 'values' | 'characters' | 'items' | 'nothing';
  /** Rows by value, in equal steps from `min` to `max`; empty where there is none. */
  readonly histogram: readonly number[];
  /** The most frequent values, where few are different. */
  readonly top: readonly { readonly value: string; readonly rows: number }[];
}

export interface DatasetBadRow {
  /** Named where there are several. */
  readonly file: string | null;
  /** Counted from 1. */
  readonly line: number;
  /** Where the line starts, counted from 0, where that is known. */
  readonly byte: number | null;
  readonly reason: string;
}

/** The columns and first rows of a split, read before its rows are all at hand. */
export interface DatasetStart {
  readonly columns: readonly DatasetColumn[];
  readonly cells: readonly (readonly DatasetCell[])[];
  /** Of all files. */
  readonly bytes: number;
}

/** A split whose rows are all at hand. */
export interface DatasetReady {
  readonly columns: readonly DatasetColumn[];
  readonly rows: number;
  readonly badRows: number;
}

/** `share` of the work, from 0 to 1; null where that is not known. */
export interface DatasetProgress {
  readonly share: number | null;
  readonly doing: string;
}

export type DatasetExport = 'jsonl' | 'csv' | 'parquet';
