// A folder or a pattern of shards as the files that it stands for.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import { savedShards, savedSplits } from './saved-dataset.ts';

/** Kinds of files that hold data. */
const DATA = /\.(txt|text|jsonl|ndjson|csv|tsv|json|parquet|arrow)(\.gz|\.zst)?$/i;

/**
 * Files stay as they are; a folder stands for the data files in it, a name with * or ? for those it fits, in the order of
 * their names, numbers by their size. Throws ClozeError for a folder or pattern without a data file.
 */
export async function expandFiles(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map(expand))).flat();
}

async function expand(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isDirectory()) {
    const saved = await savedShards(path);
    if (saved) return saved;
    const splits = await savedSplits(path);
    if (splits) {
      throw new ClozeError(
        'bad-argument',
        `${path} holds several splits: ${splits.join(', ')}.`,
        `Name one of them, such as ${join(path, splits[0] ?? 'train')}.`,
      );
    }
    return dataFiles(path, () => true, `${path} holds no data file.`);
  }
  if (stats || !/[*?]/.test(basename(path))) return [path];
  const pattern = new RegExp(`^${basename(path).replace(/[*?]|[^\w]/g, (c) => WILD[c] ?? `\\${c}`)}$`);
  return dataFiles(dirname(path), (name) => pattern.test(name), `No data file fits ${path}.`);
}

const WILD: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

async function dataFiles(folder: string, fits: (name: string) => boolean, none: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => !entry.isDirectory() && DATA.test(entry.name) && fits(entry.name));
  if (names.length === 0) {
    throw new ClozeError('not-found', none, 'Data files are .txt, .jsonl, .csv, .tsv, .json, .parquet and .arrow.');
  }
  const order = new Intl.Collator('en', { numeric: true });
  return names.map(({ name }) => join(folder, name)).sort(order.compare);
}
