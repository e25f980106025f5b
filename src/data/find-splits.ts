// The splits of a data set: a file is one, a folder holds several by the names of its files and folders.
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import type { DatasetSplit } from '../protocol/dataset.ts';
import { formatOf } from './format.ts';
import { savedShards, savedSplits } from './saved-dataset.ts';

/** The words by which the Hub tells splits apart, as parts of file and folder names. */
const SPLITS: readonly (readonly [name: string, words: RegExp])[] = [
  ['train', /(^|[^a-z0-9])(train|training)([^a-z0-9]|$)/i],
  ['validation', /(^|[^a-z0-9])(validation|valid|dev|val)([^a-z0-9]|$)/i],
  ['test', /(^|[^a-z0-9])(test|testing|eval|evaluation)([^a-z0-9]|$)/i],
];

/** Folders within folders that are looked into. */
const DEPTH = 3;

/** Throws ClozeError for a path that is not there and a folder without a data file. */
export async function findSplits(path: string): Promise<DatasetSplit[]> {
  const stats = await stat(path).catch(() => null);
  if (!stats) throw new ClozeError('not-found', `There is no file or folder ${path}.`, 'Check the path.');
  if (!stats.isDirectory()) return [{ name: basename(path), files: [path] }];
  const saved = await savedShards(path);
  if (saved) return [{ name: basename(path), files: saved }];
  const names = await savedSplits(path);
  if (names && names.length > 0) {
    const shards = await Promise.all(names.map((name) => savedShards(join(path, name))));
    return names.map((name, i) => ({ name, files: shards[i] ?? [] })).filter(({ files }) => files.length > 0);
  }
  const found = await dataFiles(path, DEPTH);
  if (found.length === 0) {
    throw new ClozeError(
      'not-found',
      `${path} holds no data file.`,
      'Data files are .txt, .jsonl, .csv, .tsv, .json, .parquet and .arrow.',
    );
  }
  const files = commonest(found);
  const splits = new Map<string, string[]>();
  for (const file of files) {
    const name = relative(path, file).split(sep).join('/');
    const split = SPLITS.find(([, words]) => words.test(name))?.[0] ?? 'train';
    splits.set(split, [...(splits.get(split) ?? []), file]);
  }
  const order = SPLITS.map(([name]) => name).filter((name) => splits.has(name));
  return order.map((name) => ({ name, files: splits.get(name) as string[] }));
}

async function dataFiles(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const order = new Intl.Collator('en', { numeric: true });
  entries.sort((a, b) => order.compare(a.name, b.name));
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      if (depth > 0) files.push(...(await dataFiles(path, depth - 1)));
    } else if (formatOf(path) !== null && !NOT_DATA.test(entry.name)) files.push(path);
  }
  return files;
}

/** Files beside the data that look like data. */
const NOT_DATA =
  /^(README|LICENSE|CHANGELOG)\b.*|^(dataset_infos?|dataset_dict|state|package(-lock)?|tsconfig|config)\.json$/i;

/** Files of the kind that most of them have; the others are no part of the data set. */
function commonest(files: readonly string[]): string[] {
  const counts = new Map<unknown, number>();
  for (const file of files) counts.set(formatOf(file), (counts.get(formatOf(file)) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1])[0] as [unknown, number];
  return files.filter((file) => formatOf(file) === most);
}
