// Tokenized rows kept on disk from run to run, each set in a folder named by its content; the least used give way.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError } from '../base/atomic.ts';
import { cacheHome } from '../base/cache-home.ts';
import { DiskRows, type RowCounts, type RowFormat, RowWriter } from './rows-on-disk.ts';
import type { RowSink, TokenRows } from './token-rows.ts';

export interface CachedRows {
  readonly rows: TokenRows;
  /** Rows of the text that could not be read when this was made. */
  readonly badRows: number;
  /** Nothing had to be tokenized. */
  readonly isOld: boolean;
}

export interface CacheOptions {
  /** Of what the rows are made from; see contentKey. */
  readonly key: string;
  readonly format: RowFormat;
  /** Make the rows anew whatever is there. */
  readonly overwrite?: boolean;
  /** Fills the sink. */
  readonly make: (sink: RowSink) => Promise<{ readonly badRows: number }>;
  readonly home?: string;
}

/** meta.json of a set. */
interface Meta extends RowFormat, RowCounts {
  readonly format: 1;
  readonly badRows: number;
}

const META = 'meta.json';
const DAY = 24 * 3600 * 1000;

/** The rows of `key`: those that are there and whole, or new ones. A crash or a full disk leaves no half set. */
export async function cachedRows(options: CacheOptions): Promise<CachedRows> {
  const { key, format, overwrite, make } = options;
  const folder = join(options.home ?? cacheHome(), 'tokens');
  const target = join(folder, key);
  const old = overwrite ? null : await openSet(target);
  if (old) return { ...old, isOld: true };

  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(temporary, { recursive: true });
    const writer = await RowWriter.create(temporary, format);
    try {
      const { badRows } = await make(writer);
      const counts = await writer.finish();
      const meta: Meta = { format: 1, ...format, ...counts, badRows };
      await writeFile(join(temporary, META), JSON.stringify(meta), { flush: true });
    } finally {
      await writer.close();
    }
    await rm(target, { recursive: true, force: true });
    // another run may have been faster: its set is as good
    await rename(temporary, target).catch(async (error) => {
      if (!(await stat(join(target, META)).catch(() => null))) throw error;
    });
  } catch (error) {
    throw explainWriteError(temporary, error);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
  const made = await openSet(target);
  if (!made) throw new Error(`${target} is not what was written`);
  await evict(folder, key);
  return { ...made, isOld: false };
}

async function openSet(folder: string): Promise<Omit<CachedRows, 'isOld'> | null> {
  const meta = await readFile(join(folder, META), 'utf8')
    .then((text) => JSON.parse(text) as Meta)
    .catch(() => null);
  if (meta?.format !== 1) return null;
  const rows = DiskRows.open(folder, meta, meta);
  if (!rows) return null;
  const now = new Date();
  await utimes(join(folder, META), now, now).catch(() => undefined);
  return { rows, badRows: meta.badRows };
}

/** Bytes that the sets may take together: $CLOZE_CACHE_GB, 20 GB unless told. */
function limit(): number {
  const asked = Number(process.env.CLOZE_CACHE_GB ?? '');
  return (process.env.CLOZE_CACHE_GB && Number.isFinite(asked) ? asked : 20) * 1e9;
}

/** Deletes the sets that were not used for longest, and what killed processes left; `kept` stays. */
async function evict(folder: string, kept: string): Promise<void> {
  const sets = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const place = join(folder, name);
      const { mtimeMs } = await stat(name.endsWith('.tmp') ? place : join(place, META)).catch(() => ({ mtimeMs: 0 }));
      const files = await readdir(place).catch((): string[] => []);
      const sizes = await Promise.all(
        files.map((file) =>
          stat(join(place, file)).then(
            ({ size }) => size,
            () => 0,
          ),
        ),
      );
      return { name, place, used: mtimeMs, size: sizes.reduce((sum, size) => sum + size, 0) };
    }),
  );
  let total = 0;
  for (const { name, place, used, size } of sets.toSorted((a, b) => b.used - a.used)) {
    const isLeft = name.endsWith('.tmp') && Date.now() - used > DAY;
    total += size;
    if (name === kept || (!isLeft && (name.endsWith('.tmp') || total <= limit()))) continue;
    // on Windows a set that a run reads cannot be deleted: it goes another time
    await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}
