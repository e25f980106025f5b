// Folders that save_to_disk of Hugging Face's datasets writes: a data set of shards, or several of these, a split each.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError } from '../base/errors.ts';

/** The shards of the data set saved in `folder`, in order; null when it is none. Throws ClozeError for a damaged one. */
export async function savedShards(folder: string): Promise<string[] | null> {
  const state = (await readJson(join(folder, 'state.json'))) as { _data_files?: unknown } | null;
  if (!Array.isArray(state?._data_files)) return null;
  return state._data_files.map((file: { filename?: unknown } | null) => {
    const name = file?.filename;
    // a shard lies in the folder itself
    if (typeof name !== 'string' || /[\\/]/.test(name)) {
      throw new ClozeError('bad-input', `${join(folder, 'state.json')} does not name its files.`, 'Save it again.');
    }
    return join(folder, name);
  });
}

/** The names of the splits saved in `folder`, each a folder in it; null when it holds none. */
export async function savedSplits(folder: string): Promise<string[] | null> {
  const found = (await readJson(join(folder, 'dataset_dict.json'))) as { splits?: unknown } | null;
  if (!Array.isArray(found?.splits)) return null;
  return found.splits.filter((name): name is string => typeof name === 'string' && /^[\w.-]+$/.test(name));
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
