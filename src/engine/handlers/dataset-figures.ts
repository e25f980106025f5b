// dataset.tokens, .problems and .batch: what a tokenizer and the collator make of the rows.
import type { RowStore } from '../../data/store/row-store.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import type { DatasetContract, DatasetSource } from '../../protocol/dataset-contract.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { storeOf } from '../open-stores.ts';
import { tokenizerOf } from '../tokenizers.ts';

/** Rows of a sample, evenly spaced. */
const SAMPLE = 2000;
/** Milliseconds between two words of progress. */
const TELL_EVERY = 150;

export const tokens: Handlers<DatasetContract>['dataset.tokens'] = async (params, { signal, progress }) => {
  const { source, column, model } = params;
  const { TokenSurveyor } = await import('../../inspect/token-survey.ts');
  const tokenizer = await tokenizerOf(await resolveModel(model));
  const store = await storeOf(source, signal);
  const { rows } = store;
  if (rows > SAMPLE) {
    const places = Array.from({ length: SAMPLE }, (_, i) => Math.floor((i * rows) / SAMPLE));
    const sampled = await TokenSurveyor.create(tokenizer);
    await sampled.add({ places, texts: await store.textsAt(column, places, signal) }, signal);
    progress({ share: 0, doing: 'Tokenizing all rows', sample: sampled.result(rows, true) });
  }
  const surveyor = await TokenSurveyor.create(tokenizer);
  await overRows(
    store,
    column,
    signal,
    (share) => progress({ share, doing: 'Tokenizing all rows' }),
    (batch) => surveyor.add(batch, signal),
  );
  return surveyor.result(rows, false);
};

export const problems: Handlers<DatasetContract>['dataset.problems'] = async (params, { signal, progress }) => {
  const { source, column, training } = params;
  const { TextSurveyor } = await import('../../inspect/text-survey.ts');
  const survey = async (of: DatasetSource, before: InstanceType<typeof TextSurveyor> | null, doing: string) => {
    const store = await storeOf(of, signal);
    const surveyor = new TextSurveyor((places) => store.textsAt(column, places, signal), before?.index ?? null);
    await overRows(
      store,
      column,
      signal,
      (share) => progress({ share, doing }),
      (batch) => surveyor.add(batch, signal),
    );
    return surveyor;
  };
  const before = training ? await survey(training, null, 'Reading the training rows') : null;
  return (await survey(source, before, 'Comparing all rows')).result();
};

export const batch: Handlers<DatasetContract>['dataset.batch'] = async ({ source, request }, { signal }) => {
  const { batchTable } = await import('../../inspect/batch-table.ts');
  const tokenizer = await tokenizerOf(await resolveModel(request.model));
  const store = await storeOf(source, signal);
  return batchTable(tokenizer, await store.textsAt(request.column, request.places, signal), request);
};

async function overRows(
  store: RowStore,
  column: string,
  signal: AbortSignal,
  tell: (share: number) => void,
  add: (batch: { places: number[]; texts: (string | null)[] }) => Promise<void>,
): Promise<void> {
  let told = 0;
  for await (const { from, texts } of store.texts(column, signal)) {
    await add({ places: texts.map((_, i) => from + i), texts });
    if (performance.now() - told < TELL_EVERY) continue;
    told = performance.now();
    tell((from + texts.length) / store.rows);
  }
}
