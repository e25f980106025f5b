// Data sets that are open: a few databases, opened when first asked for.
import type { BuildOptions } from '../data/store/build-store.ts';
import type { RowStore } from '../data/store/row-store.ts';
import type { DatasetSource } from '../protocol/dataset-contract.ts';

const KEPT = 6;

interface OpenStore {
  readonly state: string;
  readonly store: Promise<RowStore>;
}

/** By their files, the one used last at the end. */
const open = new Map<string, OpenStore>();

/** The rows of `source`, read anew when its files changed since. Several that ask at once wait for the same reading. */
export async function openStoreOf(source: DatasetSource, options: BuildOptions): Promise<RowStore> {
  const { openStore, stateOf } = await import('../data/store/store-cache.ts');
  const state = await stateOf(source.files);
  const key = keyOf(source);
  const kept = open.get(key);
  if (kept?.state === state) return kept.store;
  const store = openStore(source.files, source.cache, options);
  const opened = { state, store };
  open.set(key, opened);
  kept?.store.then((old) => old.close()).catch(() => {});
  store.catch(() => {
    if (open.get(key) === opened) open.delete(key);
  });
  for (const [old, { store }] of [...open].slice(0, -KEPT)) {
    open.delete(old);
    store.then((one) => one.close()).catch(() => {});
  }
  return store;
}

/** The rows of `source` as they were when it was opened, though its files may have changed since. */
export async function storeOf(source: DatasetSource, signal?: AbortSignal): Promise<RowStore> {
  const key = keyOf(source);
  const kept = open.get(key);
  if (!kept) return openStoreOf(source, { signal });
  open.delete(key);
  open.set(key, kept);
  return kept.store;
}

const keyOf = ({ files, cache }: DatasetSource): string => [cache, ...files].join('\n');
