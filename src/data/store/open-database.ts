// A DuckDB database on disk inside a fence: the files named, a scratch folder, and nothing else.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { throwIfCancelled } from '../../base/cancellation.ts';
import { quoted } from '../duckdb.ts';

export interface Database {
  /** A connection of its own for `work` (of a database that is written: the one there is); `signal` interrupts what it runs. */
  use<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): void;
}

export interface DatabaseOptions {
  readonly readOnly: boolean;
  /** Files that may be read. */
  readonly files: readonly string[];
  /** Where large sorts are kept and exports are written. */
  readonly scratch: string;
}

/**
 * Opens or makes the database `path`, called `store` in queries; null for none. What queries make beside it is in memory. No
 * downloads, no settings from queries, 1 GB of memory, two threads.
 */
export async function openDatabase(path: string | null, options: DatabaseOptions): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: '1GB',
    threads: '2',
  });
  const first = await instance.connect();
  try {
    const list = (paths: readonly string[]) => `[${paths.map((one) => quoted(one, "'")).join(', ')}]`;
    await first.run(`SET temp_directory = ${quoted(options.scratch, "'")}`);
    // progress is told on this connection, from the first moment on, and never printed
    await first.run('SET enable_progress_bar = true');
    await first.run('SET enable_progress_bar_print = false');
    await first.run('SET progress_bar_time = 0');
    const mode = options.readOnly ? 'READ_ONLY' : 'READ_WRITE';
    if (path !== null) await first.run(`ATTACH ${quoted(path, "'")} AS store (${mode})`);
    await first.run(`SET allowed_paths = ${list(options.files)}`);
    await first.run(`SET allowed_directories = ${list([options.scratch])}`);
    await first.run('SET enable_external_access = false');
    await first.run('SET lock_configuration = true');
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  return {
    async use(work, signal) {
      throwIfCancelled(signal);
      const connection = options.readOnly ? await instance.connect() : first;
      const interrupt = () => connection.interrupt();
      signal?.addEventListener('abort', interrupt, { once: true });
      try {
        return await work(connection);
      } catch (error) {
        throwIfCancelled(signal);
        throw error;
      } finally {
        signal?.removeEventListener('abort', interrupt);
        if (connection !== first) connection.closeSync();
      }
    },
    close() {
      first.closeSync();
      instance.closeSync();
    },
  };
}
