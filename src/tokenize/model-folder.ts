// Reads the JSON files of a tokenizer from a model folder, with errors that say what is missing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError, systemCode } from '../base/errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The folder's files that a saved model needs for its tokenizer, where they are there. */
export const TOKENIZER_FILES: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spiece.model',
  'sentencepiece.bpe.model',
];

/** A JSON object file; null when it is not there. */
export async function readJson(folder: string, name: string): Promise<Json | null> {
  let text: string;
  try {
    text = await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    const why = systemCode(error) ?? String(error);
    throw new ClozeError('bad-input', `Could not read ${join(folder, name)} (${why}).`, 'Choose another model folder.');
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // told below, as any other content that is no JSON object
  }
  throw new ClozeError('bad-input', `${join(folder, name)} is not a JSON object.`, 'Copy or save the model again.');
}

/** tokenizer.json without the truncation and padding that some folders saved in it. */
export async function readTokenizerJson(folder: string): Promise<Json> {
  const json = await readJson(folder, 'tokenizer.json');
  if (json) return { ...json, truncation: null, padding: null };
  throw new ClozeError(
    'not-found',
    `No tokenizer.json in ${folder}.`,
    'Choose a model folder that has one; AutoTokenizer.from_pretrained(…).save_pretrained(…) in Python writes it.',
  );
}
