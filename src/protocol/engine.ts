// Everything the extension host may ask of the engine process.
import type { DatasetContract } from './dataset-contract.ts';
import type { MaskingRequest, MaskingTable, ModelChoice, PredictionRequest, PredictionResult } from './masking.ts';
import type { ModelContract } from './model-contract.ts';

export type EngineContract = DatasetContract &
  ModelContract & {
    /** Models that can be chosen here: bundled, named folders, and the Hugging Face cache. */
    'models.list': { params: { folders: readonly string[] }; result: readonly ModelChoice[] };
    /** Writes onnx/ into a model's folder, as transformers.js reads it. */
    'model.export': {
      params: { folder: string };
      /** `notes`: what is worth telling, a sentence each. */
      result: {
        readonly files: readonly { readonly path: string; readonly bytes: number }[];
        readonly notes: readonly string[];
      };
      /** `share` of the bytes, from 0 to 1. */
      progress: { share: number; file: string };
    };
    /** Tokens of a text without special ones; `added`: special ones of a row, `limit`: tokens that a row holds. */
    'tokens.count': {
      params: { model: string; text: string };
      result: { tokens: number; unknown: number; added: number; limit: number | null };
    };
    /** Start and end of each token in a text, in UTF-16 code units. */
    'tokens.spans': { params: { model: string; text: string }; result: readonly (readonly [number, number])[] };
    'masking.inspect': { params: MaskingRequest; result: MaskingTable };
    'masking.predict': {
      params: PredictionRequest;
      result: PredictionResult;
      progress: { done: number; total: number };
    };
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
    /** The files of a finished run that make up its model. */
    'hub.files': { params: { folder: string }; result: readonly SharedFile[] };
    /** Whether there is a token; rejects with code no-access and the ways to get one when there is none. */
    'hub.hasToken': { params: { token: string | undefined }; result: boolean };
    /** A repository for the run, below the name of the token's owner. `token`: absent, the environment's is used. */
    'hub.suggest': { params: { folder: string; token: string | undefined }; result: string };
    /** Uploads these files in one commit. */
    'hub.push': {
      params: {
        folder: string;
        repo: string;
        isPrivate: boolean;
        paths: readonly string[];
        token: string | undefined;
      };
      /** The repository's page. */
      result: { url: string };
      /** Bytes; `waiting` says why it waits, when it does. */
      progress: {
        phase: 'preparing' | 'uploading' | 'committing';
        done: number;
        total: number;
        waiting: string | null;
      };
    };
  };

export interface SharedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export type EngineEvents = {
  log: { level: 'debug' | 'info' | 'warn' | 'error'; message: string };
};
