// Loaded tokenizers, kept until their file changes: reading a vocabulary takes longer than using it.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTokenizer } from '../tokenize/load.ts';
import type { Tokenizer } from '../tokenize/types.ts';

const KEPT = 4;

const tokenizers = new Map<string, Promise<Tokenizer>>();

/** The tokenizer of a model folder. Throws ClozeError as loadTokenizer does; a failure is not kept. */
export async function tokenizerOf(folder: string): Promise<Tokenizer> {
  const key = `${folder}\n${await fileState(folder)}`;
  const tokenizer = tokenizers.get(key) ?? loadTokenizer(folder);
  tokenizers.delete(key);
  tokenizers.set(key, tokenizer);
  for (const old of [...tokenizers.keys()].slice(0, -KEPT)) tokenizers.delete(old);
  return tokenizer.catch((error) => {
    tokenizers.delete(key);
    throw error;
  });
}

async function fileState(folder: string): Promise<string> {
  const names = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'config.json'];
  const states = names.map((name) =>
    stat(join(folder, name)).then(
      ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
      () => '',
    ),
  );
  return (await Promise.all(states)).join(',');
}
