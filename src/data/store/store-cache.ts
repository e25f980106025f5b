// Databases of data sets that were looked at, kept in a folder of bounded size: by path, size and time of the files.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError, systemCode } from '../../base/errors.ts';
import { type BuildOptions, buildStore } from './build-store.ts';
import { RowStore } from './row-store.ts';

/** Changes with the databases' layout: older ones are not opened. */
const LAYOUT = 1;
/** Bytes of all databases. */
export const CACHE_LIMIT = 8e9;
/** Scratch folders of processes that have gone are removed after this many milliseconds. */
const STALE = 24 * 3600_000;

/** What tells that files are the same: their paths, sizes and times. Throws ClozeError for a file that is not there. */
export async function stateOf(files: readonly string[]): Promise<string> {
  const states: unknown[] = [];
  for (const file of files) {
    const stats = await stat(file).catch((error) => {
      throw systemCode(error) === 'EACCES'
        ? new ClozeError('bad-input', `No permission to read ${file}.`, 'Change its permissions.', { cause: error })
        : new ClozeError('not-found', `There is no file ${file}.`, 'Check the path.', { cause: error });
    });
    if (!stats.isFile()) throw new ClozeError('bad-input', `${file} is no file.`, 'Choose a data file.');
    states.push([file, stats.size, stats.mtimeMs]);
  }
  return createHash('sha256')
    .update(JSON.stringify([LAYOUT, states]))
    .digest('hex')
    .slice(0, 32);
}

/**
 * The rows of `files`, from the cache in `folder` or brought into it now. Of what is kept there, the oldest goes when all is
 * over `limit` bytes.
 */
export async function openStore(
  files: readonly string[],
  folder: string,
  options: BuildOptions,
  limit = CACHE_LIMIT,
): Promise<RowStore> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${await stateOf(files)}.duckdb`);
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  try {
    const kept = await openKept(path, scratch);
    if (kept) return kept;
    const made = join(scratch, 'made.duckdb');
    await buildStore(files, made, scratch, options);
    await rename(made, path);
    await evict(folder, path, limit);
    return await RowStore.open(path, scratch);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (systemCode(error) === 'ENOSPC' || /No space left|out of disk|not enough space/i.test(String(error))) {
      throw new ClozeError('disk-full', `The disk is full: the rows do not fit beside ${folder}.`, 'Free some space.', {
        cause: error,
      });
    }
    throw error;
  }
}

/** A database that cannot be opened, for whatever reason, is made anew. */
async function openKept(path: string, scratch: string): Promise<RowStore | null> {
  if (!(await stat(path).catch(() => null))) return null;
  try {
    const now = new Date();
    await utimes(path, now, now);
    return await RowStore.open(path, scratch);
  } catch {
    await rm(path, { force: true });
    return null;
  }
}

/** Removes the databases used longest ago until the rest is within `limit` bytes, and scratch folders left behind. */
async function evict(folder: string, keep: string, limit: number): Promise<void> {
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      return { path, name, stats: await stat(path).catch(() => null) };
    }),
  );
  for (const { path, name, stats } of entries) {
    if (name.startsWith('scratch-') && stats && Date.now() - stats.mtimeMs > STALE) {
      await rm(path, { recursive: true, force: true });
    }
  }
  const kept = entries.filter(({ name, stats }) => name.endsWith('.duckdb') && stats);
  kept.sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0));
  let bytes = 0;
  for (const { path, stats } of kept) {
    bytes += stats?.size ?? 0;
    if (bytes > limit && path !== keep) await rm(path, { force: true });
  }
}
