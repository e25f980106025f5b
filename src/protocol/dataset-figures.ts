// What a tokenizer and the collator make of a data set: figures and a batch.
import type { DatasetProgress } from './dataset.ts';
import type { Fate } from './masking.ts';

/** A row that shows something; `part` is what was found in it. */
export interface Finding {
  /** In the data set, counted from 0. */
  readonly place: number;
  readonly part: string;
}

/** Rows of one kind: how many, and the first of them. */
export interface Findings {
  readonly rows: number;
  readonly first: readonly Finding[];
}

/** Tokens of the rows of a column; blank and missing texts are left out. */
export interface TokenSurvey {
  /** Rows looked at, and of how many. */
  readonly rows: number;
  readonly ofRows: number;
  /** True: evenly spaced rows; false: all of them. */
  readonly isSample: boolean;
  /** Rows by their tokens, special ones included, before truncation; shortest first. */
  readonly lengths: readonly (readonly [length: number, rows: number])[];
  /** Tokens of each thousand rows, as grouping takes them; empty in a sample. */
  readonly thousands: readonly number[];
  /** Special tokens that the tokenizer adds to a row. */
  readonly added: number;
  /** The most that the model takes; null when it sets no limit. */
  readonly limit: number | null;
  readonly tokens: number;
  /** Without special ones. */
  readonly words: number;
  readonly unknown: number;
  /** What became the unknown token, most frequent first. */
  readonly unknownWords: readonly { readonly word: string; readonly times: number; readonly place: number }[];
  /** Different tokens seen, of those there are. */
  readonly vocabularyUsed: number;
  readonly vocabularySize: number;
  /** Rows in whose text a special token is typed. */
  readonly typedSpecial: Findings;
}

export type TextProblem =
  | 'null'
  | 'blank'
  | 'duplicate'
  | 'nearDuplicate'
  | 'leak'
  | 'nearLeak'
  | 'mojibake'
  | 'control'
  | 'unnormalised';

/** Problems of the texts of a split, over all of its rows. */
export interface TextSurvey {
  readonly rows: number;
  readonly problems: Readonly<Record<TextProblem, Findings>>;
  /** Rows that near duplicates were looked for in. */
  readonly comparedRows: number;
}

export interface TokenSurveyProgress extends DatasetProgress {
  /** The figures of a sample, once. */
  readonly sample?: TokenSurvey;
}

export interface BatchRequest {
  readonly model: string;
  readonly column: string;
  /** Rows of the data set, counted from 0. */
  readonly places: readonly number[];
  readonly maxSeqLength: number;
  /** False: texts are put end to end and cut into full rows. */
  readonly lineByLine: boolean;
  readonly padToMaxLength: boolean;
  readonly mlmProbability: number;
  readonly wholeWordMask: boolean;
  readonly seed: number;
}

export interface BatchCell {
  readonly token: string;
  readonly maskedToken: string;
  readonly inputId: number;
  readonly maskedInputId: number;
  readonly label: number;
  readonly fate: Fate | 'padding';
}

/** A batch as the model gets it. */
export interface BatchTable {
  readonly width: number;
  readonly rows: readonly {
    /** The row it comes from; null where rows are filled across texts. */
    readonly place: number | null;
    readonly cells: readonly BatchCell[];
  }[];
  /** Cells of padding, and all cells. */
  readonly padding: number;
  readonly cells: number;
  /** Tokens cut off (line by line), or left over at the end (grouped). */
  readonly lost: number;
  /** Texts that made no row: blank or missing ones. */
  readonly skipped: number;
  /** Of tokens that may be masked: expected, in this draw, and over {@link draws} draws. */
  readonly share: {
    readonly expected: number;
    readonly here: number;
    readonly mean: number;
    readonly least: number;
    readonly most: number;
    readonly draws: number;
  };
}
