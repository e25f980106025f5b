// Everything the extension host may ask of the engine process.
import type { MaskingRequest, MaskingTable, ModelChoice, PredictionRequest, PredictionResult } from './masking.ts';

export type EngineContract = {
  /** Models that can be chosen here: bundled, named folders, and the Hugging Face cache. */
  'models.list': { params: { folders: readonly string[] }; result: readonly ModelChoice[] };
  'masking.inspect': { params: MaskingRequest; result: MaskingTable };
  'masking.predict': { params: PredictionRequest; result: PredictionResult; progress: { done: number; total: number } };
  /** Column names and first rows of a data file, for the form. */
  'data.peek': {
    params: {
      path: string;
      rows: number;
      /** The text column; absent: the one that would be read. */
      column?: string;
    };
    result: {
      columns: readonly string[];
      textColumn: string | null;
      rows: readonly Readonly<Record<string, string>>[];
    };
  };
};

export type EngineEvents = {
  log: { level: 'debug' | 'info' | 'warn' | 'error'; message: string };
};
