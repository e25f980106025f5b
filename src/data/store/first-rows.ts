// The columns and first rows of a split, read before all of it is: what there is to look at from the first moment.
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError } from '../../base/errors.ts';
import type { DatasetStart } from '../../protocol/dataset.ts';
import { explain, quoted } from '../duckdb.ts';
import { typeOf } from '../table-summary.ts';
import { writeArrowRows } from './arrow-rows.ts';
import { bytesOf, commonFormat } from './build-store.ts';
import { readCells, selectCells } from './cells.ts';
import { writeGoodLines } from './good-lines.ts';
import { openDatabase } from './open-database.ts';
import { scanFiles } from './scan.ts';
import { stateOf } from './store-cache.ts';

/** The first `count` good rows. `folder`: for what is written on the way. Throws ClozeError for what cannot be read. */
export async function firstRows(
  files: readonly string[],
  folder: string,
  count: number,
  cancelled?: AbortSignal,
): Promise<DatasetStart> {
  const late = AbortSignal.timeout(PATIENCE);
  const signal = cancelled ? AbortSignal.any([cancelled, late]) : late;
  await stateOf(files);
  const format = commonFormat(files);
  const bytes = await bytesOf(files);
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  const read = [files[0] as string];
  const database = await openDatabase(null, { readOnly: false, files: read, scratch });
  try {
    let scanned: string[] = read;
    if (format === 'jsonl' || format === 'text') {
      scanned = [join(scratch, 'good.jsonl')];
      const isText = format === 'text';
      await writeGoodLines(read, scanned[0] as string, { isText, signal, onBytes: () => {}, limit: count });
      if ((await stat(scanned[0] as string)).size === 0) {
        throw new ClozeError('bad-input', `${read[0]} holds no row that can be read.`, 'Choose another file.');
      }
    }
    return await database.use(async (connection) => {
      const kind = format === 'text' ? 'jsonl' : format;
      const scan =
        kind === 'arrow'
          ? await writeArrowRows(read, join(scratch, 'rows.jsonl'), { signal, onBytes: () => {}, limit: count })
          : await scanFiles(connection, scanned, kind, SAMPLE);
      const columns = scan.fields.map(({ name, sqlType }) => ({
        name,
        sqlType,
        type: typeOf(sqlType),
      }));
      const named = columns.map(({ name }, i) => `${quoted(name, '"')} AS c${i}`);
      const cells = selectCells(columns, [...columns.keys()].slice(0, WIDEST));
      const rows = await connection.runAndReadAll(
        `SELECT 0 AS place${cells} FROM (SELECT ${named.join(', ')} FROM ${scan.sql} LIMIT ${count})`,
      );
      return {
        columns: columns.map(({ name, type }) => ({ name, type })),
        cells: rows.getRows().map((row) => readCells(row.slice(1))),
        bytes,
      };
    }, signal);
  } catch (error) {
    if (late.aborted && !cancelled?.aborted) throw tooLate(read[0] as string);
    throw explain(read[0] as string, error);
  } finally {
    database.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Milliseconds within which the first rows are to come. */
const PATIENCE = 15_000;

const tooLate = (path: string): ClozeError =>
  new ClozeError(
    'bad-input',
    `${path} gave no row within ${PATIENCE / 1000} seconds: it may be one very long line.`,
    'Check that it is what its name says.',
  );

/** Rows that the types are taken from at first. */
const SAMPLE = 1000;
/** Columns whose cells come at first. */
const WIDEST = 100;
