// dataset.*: the rows of data files, at any size. DuckDB is loaded when the first one is opened.
import type { DatasetContract } from '../../protocol/dataset-contract.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { openStoreOf, storeOf } from '../open-stores.ts';
import * as figures from './dataset-figures.ts';

export const dataset: Handlers<DatasetContract> = {
  'dataset.splits': async ({ path }) => (await import('../../data/find-splits.ts')).findSplits(path),
  'dataset.start': async ({ source, rows }, { signal }) => {
    const { firstRows } = await import('../../data/store/first-rows.ts');
    return firstRows(source.files, source.cache, rows, signal);
  },
  'dataset.open': async ({ source }, { signal, progress }) => {
    const store = await openStoreOf(source, { signal, onProgress: progress });
    const columns = store.columns.map(({ name, type }) => ({ name, type }));
    return { columns, rows: store.rows, badRows: store.badRows };
  },
  'dataset.count': async ({ source, view }, { signal }) => (await storeOf(source, signal)).count(view, signal),
  'dataset.page': async ({ source, view, from, count, columns }, { signal }) =>
    (await storeOf(source, signal)).page(view, from, count, columns, signal),
  'dataset.find': async ({ source, view, place }, { signal }) =>
    (await storeOf(source, signal)).find(view, place, signal),
  'dataset.cell': async ({ source, place, column, limit }) => (await storeOf(source)).cell(place, column, limit),
  'dataset.summary': async ({ source, view, column }, { signal }) => {
    const store = await storeOf(source, signal);
    const { summarizeColumn } = await import('../../data/store/summarize-column.ts');
    return store.over(view, (connection, table) => summarizeColumn(connection, table, store.columns, column), signal);
  },
  'dataset.badRows': async ({ source, limit }) => (await storeOf(source)).badLines(limit),
  'dataset.export': async ({ source, view, columns, format, target }, { signal }) =>
    (await storeOf(source, signal)).export(view, columns, format, target, signal),
  'dataset.tokens': figures.tokens,
  'dataset.problems': figures.problems,
  'dataset.batch': figures.batch,
};
