// What the masking page and the extension host say to each other. The host owns the state; the page draws it.
import type { MaskingOptions, MaskingTable, ModelChoice, Prediction } from './masking.ts';
import type { WireError } from './rpc.ts';

/** With a mask (Inspect Masking), or only the tokens (Tokenize Selection). */
export type MaskingMode = 'mask' | 'tokenize';

/** Which text is shown. Offsets are UTF-16 code units in the document. */
export interface SourcePlace {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  /** The document's version that the text was read at. */
  readonly version: number;
  /** Taken from the cursor's line, not from a selection: the panel then follows the cursor from line to line. */
  readonly byLine: boolean;
}

/** What survives a reload of the window: enough to ask everything again. */
export interface MaskingPageMemory {
  readonly mode: MaskingMode;
  readonly place: SourcePlace | null;
  readonly pinned: boolean;
  readonly model: string;
  readonly masking: MaskingOptions;
  readonly reroll: number;
}

export type MaskingContent =
  /** `what` is being waited for. */
  | { readonly kind: 'waiting'; readonly what: string }
  | { readonly kind: 'empty'; readonly reason: EmptyReason }
  | { readonly kind: 'failed'; readonly error: WireError }
  | {
      readonly kind: 'table';
      /** The text that the columns' offsets point into. */
      readonly text: string;
      /** How many characters of the selection were left out because it is too long to draw. */
      readonly charactersLeftOut: number;
      readonly table: MaskingTable;
    };

export type EmptyReason = 'nothing-selected' | 'empty-line' | 'only-whitespace' | 'binary' | 'document-gone';

export type PredictionState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'failed'; readonly error: WireError }
  /** `meanLoss` is over the chosen positions; null as long as only single tokens were asked for. */
  | { readonly kind: 'done'; readonly predictions: readonly Prediction[]; readonly meanLoss: number | null };

export interface MaskingPageState extends MaskingPageMemory {
  /** The document and lines in words, such as `notes.txt, line 3`; null when nothing is shown. */
  readonly sourceLabel: string | null;
  /** The text changed under the table, which is about to be asked for again. */
  readonly stale: boolean;
  /** Something is being computed; the content is the one from before. */
  readonly busy: boolean;
  readonly models: readonly ModelChoice[];
  readonly content: MaskingContent;
  readonly prediction: PredictionState;
}

export type CopyFormat = 'markdown' | 'csv' | 'json' | 'python';

export type MaskingPageContract = {
  /** Asked when the page has loaded; later changes come as events. */
  state: { params: null; result: MaskingPageState };
  setModel: { params: { model: string }; result: null };
  browseModel: { params: null; result: null };
  setMasking: { params: { masking: MaskingOptions }; result: null };
  setMode: { params: { mode: MaskingMode }; result: null };
  /** Shows call number `reroll` (from 0) of the stream. */
  setReroll: { params: { reroll: number }; result: null };
  setPinned: { params: { pinned: boolean }; result: null };
  retry: { params: null; result: null };
  /** Predicts at every chosen position, or at `position` alone. */
  predict: { params: { position: number | null }; result: null };
  cancelPrediction: { params: null; result: null };
  copy: { params: { format: CopyFormat }; result: null };
  /** Marks a token's characters in the editor; `reveal` scrolls to them. */
  showToken: { params: { index: number | null; reveal: boolean }; result: null };
  /** Shows the document with the inspected text selected. */
  openSource: { params: null; result: null };
  openLog: { params: null; result: null };
};

export type MaskingPageEvents = {
  /** The parts of the state that changed. */
  update: Partial<MaskingPageState>;
  /** Tokens under the editor's cursor or selection, from `first` to `last`; null: none. */
  cursor: { readonly first: number; readonly last: number } | null;
};
