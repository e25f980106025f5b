// The rows of a split at hand: pages of a view, cells, columns in figures, exports. All in DuckDB, on disk.
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ClozeError } from '../../base/errors.ts';
import {
  type DatasetBadRow,
  type DatasetExport,
  type DatasetPage,
  type DatasetView,
  isWhole,
} from '../../protocol/dataset.ts';
import { quoted } from '../duckdb.ts';
import { typeOf } from '../table-summary.ts';
import { readCells, selectCells } from './cells.ts';
import { type Database, openDatabase } from './open-database.ts';
import { indexOf, placesSql, type StoreColumn, textSql } from './view-sql.ts';

/** Views whose rows are kept in order. */
const KEPT_VIEWS = 4;

interface PlacedView {
  readonly table: string;
  readonly rows: number;
}

export class RowStore {
  readonly columns: readonly StoreColumn[];
  readonly rows: number;
  readonly badRows: number;
  readonly #database: Database;
  readonly #scratch: string;
  /** By the view's words, the one used last at the end. */
  readonly #views = new Map<string, Promise<PlacedView>>();
  #lastView = 0;

  private constructor(
    database: Database,
    scratch: string,
    of: { columns: readonly StoreColumn[]; rows: number; badRows: number },
  ) {
    this.#database = database;
    this.#scratch = scratch;
    this.columns = of.columns;
    this.rows = of.rows;
    this.badRows = of.badRows;
  }

  /** Opens what buildStore made. `scratch`: an empty folder of its own. */
  static async open(path: string, scratch: string): Promise<RowStore> {
    const database = await openDatabase(path, { readOnly: true, files: [], scratch });
    try {
      return await database.use(async (connection) => {
        const columns = await objects(connection, 'SELECT name, type FROM store.columns ORDER BY rowid');
        const [counted] = await objects(
          connection,
          'SELECT (SELECT count(*) FROM store.rows) AS good, (SELECT count(*) FROM store.bad_rows) AS bad',
        );
        return new RowStore(database, scratch, {
          columns: columns.map(({ name, type }) => ({
            name: String(name),
            sqlType: String(type),
            type: typeOf(String(type)),
          })),
          rows: Number(counted?.good),
          badRows: Number(counted?.bad),
        });
      });
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** How many rows are in view. Throws ClozeError for a condition that cannot be used. */
  async count(view: DatasetView, signal?: AbortSignal): Promise<number> {
    return isWhole(view) ? this.rows : (await this.#placed(view, signal)).rows;
  }

  /** `count` rows of the view from its row `from` on, with the columns of these places. */
  async page(
    view: DatasetView,
    from: number,
    count: number,
    columns: readonly number[],
    signal?: AbortSignal,
  ): Promise<DatasetPage> {
    const cells = selectCells(this.columns, columns);
    const to = from + count - 1;
    const source = isWhole(view)
      ? `SELECT rowid AS place${cells} FROM store.rows WHERE rowid BETWEEN ${from} AND ${to} ORDER BY rowid`
      : `SELECT place${cells} FROM (SELECT place, rowid AS k FROM ${(await this.#placed(view, signal)).table}
         WHERE rowid BETWEEN ${from} AND ${to}) JOIN store.rows AS rows ON rows.rowid = place ORDER BY k`;
    return this.#database.use(async (connection) => {
      const result = await connection.runAndReadAll(source);
      const rows = result.getRows();
      return { rows: rows.map(([place]) => Number(place)), cells: rows.map((row) => readCells(row.slice(1))) };
    }, signal);
  }

  /** Where in the view the row at `place` stands; null when it is not in view. */
  async find(view: DatasetView, place: number, signal?: AbortSignal): Promise<number | null> {
    if (isWhole(view)) return place < this.rows ? place : null;
    const { table } = await this.#placed(view, signal);
    return this.#database.use(async (connection) => {
      const [found] = await objects(connection, `SELECT rowid AS k FROM ${table} WHERE place = ${Math.floor(place)}`);
      return found ? Number(found.k) : null;
    }, signal);
  }

  /** A cell whole: at most `limit` characters of it. */
  async cell(place: number, column: number, limit: number): Promise<{ text: string | null; length: number }> {
    const text = textSql(this.columns, column);
    return this.#database.use(async (connection) => {
      const [found] = await objects(
        connection,
        `SELECT left(${text}, ${limit}) AS text, length(${text}) AS length FROM store.rows WHERE rowid = ${Math.floor(place)}`,
      );
      if (!found) throw new ClozeError('not-found', `There is no row ${place + 1}.`, 'The file may have changed.');
      return found.text === null
        ? { text: null, length: 0 }
        : { text: String(found.text), length: Number(found.length) };
    });
  }

  /** The first `limit` lines that are no rows, and why. */
  badLines(limit: number): Promise<DatasetBadRow[]> {
    return this.#database.use(async (connection) => {
      const rows = await objects(connection, `SELECT * FROM store.bad_rows ORDER BY rowid LIMIT ${limit}`);
      return rows.map(({ file, line, byte, reason }) => ({
        file: file === null ? null : String(file),
        line: Number(line),
        byte: byte === null ? null : Number(byte),
        reason: String(reason),
      }));
    });
  }

  /** Runs `work` with the rows in view as a table in SQL: columns c0, c1, … */
  async over<T>(
    view: DatasetView,
    work: (connection: DuckDBConnection, table: string) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const unordered = { ...view, sort: null };
    const table = isWhole(unordered)
      ? 'store.rows'
      : `(SELECT rows.* FROM ${(await this.#placed(view, signal)).table} JOIN store.rows AS rows ON rows.rowid = place)`;
    return this.#database.use((connection) => work(connection, table), signal);
  }

  /** The texts of a column in the file's order, in batches with the place of the first row. */
  async *texts(
    column: string,
    signal?: AbortSignal,
    from = 0,
  ): AsyncGenerator<{ from: number; texts: (string | null)[] }> {
    const text = textSql(this.columns, indexOf(this.columns, column));
    for (let at = from; at < this.rows; at += TEXT_BATCH) {
      const query = `SELECT ${text} AS text FROM store.rows WHERE rowid BETWEEN ${at} AND ${at + TEXT_BATCH - 1} ORDER BY rowid`;
      const texts = await this.#database.use(async (connection) => {
        const result = await connection.runAndReadAll(query);
        return result.getRows().map(([value]) => (value === null ? null : String(value)));
      }, signal);
      yield { from: at, texts };
    }
  }

  /** The texts of the rows at these places, in their order. */
  async textsAt(column: string, places: readonly number[], signal?: AbortSignal): Promise<(string | null)[]> {
    if (places.length === 0) return [];
    const text = textSql(this.columns, indexOf(this.columns, column));
    const found = await this.#database.use(async (connection) => {
      const list = places.map(Math.floor).join(', ');
      const result = await connection.runAndReadAll(`SELECT rowid, ${text} FROM store.rows WHERE rowid IN (${list})`);
      return new Map(result.getRows().map(([place, value]) => [Number(place), value === null ? null : String(value)]));
    }, signal);
    return places.map((place) => found.get(Math.floor(place)) ?? null);
  }

  /** Writes the rows in view to `target`; gives back its bytes. */
  async export(
    view: DatasetView,
    columns: readonly number[],
    format: DatasetExport,
    target: string,
    signal?: AbortSignal,
  ): Promise<number> {
    const file = join(this.#scratch, `export-${++this.#lastView}.${format}`);
    const cells = columns.map((i) => `c${i} AS ${quoted((this.columns[i] as StoreColumn).name, '"')}`).join(', ');
    const source = isWhole(view)
      ? `SELECT ${cells} FROM store.rows ORDER BY rowid`
      : `SELECT ${cells} FROM (SELECT place, rowid AS k FROM ${(await this.#placed(view, signal)).table})
         JOIN store.rows AS rows ON rows.rowid = place ORDER BY k`;
    const how = { jsonl: 'FORMAT json', csv: 'FORMAT csv, HEADER true', parquet: 'FORMAT parquet' }[format];
    try {
      await this.#database.use(
        (connection) => connection.run(`COPY (${source}) TO ${quoted(file, "'")} (${how})`),
        signal,
      );
      await copyFile(file, target);
      return (await stat(target)).size;
    } finally {
      await rm(file, { force: true });
    }
  }

  async close(): Promise<void> {
    this.#database.close();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  #placed(view: DatasetView, signal: AbortSignal | undefined): Promise<PlacedView> {
    const key = JSON.stringify(view);
    const kept = this.#views.get(key);
    this.#views.delete(key);
    const placed = kept ?? this.#place(view, signal);
    this.#views.set(key, placed);
    placed.catch(() => {
      if (this.#views.get(key) === placed) this.#views.delete(key);
    });
    for (const [old, view] of [...this.#views].slice(0, -KEPT_VIEWS)) {
      this.#views.delete(old);
      void view.then(
        ({ table }) => this.#database.use((connection) => connection.run(`DROP TABLE IF EXISTS ${table}`)),
        () => {},
      );
    }
    return placed;
  }

  #place(view: DatasetView, signal: AbortSignal | undefined): Promise<PlacedView> {
    const table = `v${++this.#lastView}`;
    return this.#database.use(async (connection) => {
      const places = await placesSql(connection, this.columns, view);
      try {
        await connection.run(`CREATE TABLE ${table} AS ${places}`);
      } catch (error) {
        if (signal?.aborted || view.condition.trim() === '') throw error;
        throw conditionError(error);
      }
      const [counted] = await objects(connection, `SELECT count(*) AS n FROM ${table}`);
      return { table, rows: Number(counted?.n) };
    }, signal);
  }
}

const TEXT_BATCH = 10_000;

async function objects(connection: DuckDBConnection, query: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(query)).getRowObjectsJson();
}

/** A column that is not there, a function that is not known, a value that does not fit. */
function conditionError(error: unknown): ClozeError {
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  return new ClozeError('bad-argument', `The condition cannot be used: ${message}`, 'Change it.', { cause: error });
}
