// Two models on the same masks of the same rows: which rows and tokens gained and lost.
import { breathe, throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { type FlatRows, flatten } from '../collate/batch.ts';
import { DataCollatorForLanguageModeling } from '../collate/data-collator.ts';
import { readTexts } from '../data/open.ts';
import { tokenizeRows } from '../data/tokenize-rows.ts';
import type { MaskedLM } from '../models/types.ts';
import type {
  LossPair,
  MaskedFigures,
  RowLosses,
  RowsComparison,
  RowsRequest,
  TokenLosses,
} from '../protocol/model.ts';
import { TorchGenerator } from '../random/torch.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { scoreTokens } from './score-tokens.ts';

export interface ComparedModel {
  readonly folder: string;
  readonly tokenizer: Tokenizer;
  /** Lends the model out. */
  use<T>(work: (model: MaskedLM) => Promise<T>): Promise<T>;
}

export interface CompareRowsOptions {
  readonly signal?: AbortSignal | undefined;
  /** From 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Rows of a batch: as `cloze evaluate` has it, so that the masks of a seed are its masks. */
const BATCH = 8;
const MOST_ROWS = 5000;
/** Rows and tokens of each list. */
const SHOWN = 20;
/** Characters of a row that are shown. */
const BEGINNING = 300;

/** Line by line. Throws ClozeError where the tokenizers differ: the same masks would not be the same task. */
export async function compareOnRows(
  a: ComparedModel,
  b: ComparedModel,
  request: RowsRequest,
  { signal, onProgress }: CompareRowsOptions = {},
): Promise<RowsComparison> {
  const { tokenizer } = a;
  if (tokenizer.fingerprint !== b.tokenizer.fingerprint) {
    throw new ClozeError(
      'unsupported',
      `${a.folder} and ${b.folder} have different tokenizers: they cannot be given the same masks.`,
      'Choose models of one tokenizer, such as a model before and after fine-tuning.',
    );
  }
  const texts = await firstTexts(request, signal);
  const longest = await a.use(async (one) => one.maxLength);
  const maxSeqLength = Math.min(longest, await b.use(async (other) => other.maxLength));
  const batches = await maskRows(tokenizer, texts, maxSeqLength, request, signal);
  const score = (model: ComparedModel, half: number) =>
    model.use((loaded) => scoreMasks(loaded, batches, signal, (done) => onProgress?.((half + done) / 2)));
  return summarize(tokenizer, texts, batches, await score(a, 0), await score(b, 1));
}

/** The first texts that are not blank; reading stops there. */
async function firstTexts(request: RowsRequest, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const { file, column } = request;
  const count = Math.min(Math.max(1, Math.trunc(request.rows)), MOST_ROWS);
  const texts: string[] = [];
  for await (const batch of readTexts([file], { column, onBadRow: 'skip', signal }, () => {})) {
    for (const text of batch) if (text.trim() !== '') texts.push(text);
    if (texts.length >= count) break;
  }
  if (texts.length === 0) throw new ClozeError('bad-input', `${file} holds no text.`, 'Choose another file.');
  return texts.slice(0, count);
}

async function maskRows(
  tokenizer: Tokenizer,
  texts: readonly string[],
  maxSeqLength: number,
  { mlmProbability, seed }: RowsRequest,
  signal: AbortSignal | undefined,
): Promise<readonly FlatRows[]> {
  const once = (async function* () {
    yield texts;
  })();
  const rows = await tokenizeRows(once, tokenizer, { lineByLine: true, maxSeqLength, signal });
  const generator = new TorchGenerator(seed);
  // what the loader draws first
  generator.skip(2);
  const collator = new DataCollatorForLanguageModeling(tokenizer, { mlmProbability, global: generator });
  const batches: FlatRows[] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, rows.length - from) }, (_, i) => rows.row(from + i));
    batches.push(flatten(collator.collate(some.map(({ ids }) => ({ inputIds: ids })))));
    await breathe(signal);
  }
  if (batches.every(({ labels }) => labels.length === 0)) {
    throw new ClozeError('bad-input', 'No token was masked.', 'Take more rows, or a higher mlm_probability.');
  }
  return batches;
}

interface Scores {
  /** Of every masked token, batch after batch. */
  readonly losses: Float64Array;
  readonly right: number;
}

async function scoreMasks(
  model: MaskedLM,
  batches: readonly FlatRows[],
  signal: AbortSignal | undefined,
  onProgress: (done: number) => void,
): Promise<Scores> {
  const losses = new Float64Array(batches.reduce((sum, { labels }) => sum + labels.length, 0));
  let at = 0;
  let right = 0;
  for (const [nth, batch] of batches.entries()) {
    throwIfCancelled(signal);
    if (batch.labels.length > 0) {
      const logits = await model.predict(batch);
      for (const [i, label] of batch.labels.entries()) {
        const { loss, rank } = scoreTokens(logits.subarray(i * model.vocabSize, (i + 1) * model.vocabSize), label, 1);
        losses[at++] = loss;
        if (rank === 1) right++;
        if (i % 64 === 63) await breathe(signal);
      }
    }
    onProgress((nth + 1) / batches.length);
    await breathe(signal);
  }
  return { losses, right };
}

interface Sums {
  a: number;
  b: number;
  masked: number;
}

function summarize(
  tokenizer: Tokenizer,
  texts: readonly string[],
  batches: readonly FlatRows[],
  a: Scores,
  b: Scores,
): RowsComparison {
  const rows = new Map<number, Sums>();
  const tokens = new Map<number, Sums>();
  let at = 0;
  let before = 0;
  for (const { lengths, maskedPositions, labels } of batches) {
    let row = 0;
    let end = lengths[0] ?? 0;
    for (const [i, position] of maskedPositions.entries()) {
      while (position >= end) end += lengths[++row] as number;
      for (const [sums, key] of [
        [rows, before + row],
        [tokens, labels[i] as number],
      ] as const) {
        const sum = sums.get(key) ?? { a: 0, b: 0, masked: 0 };
        sum.a += a.losses[at] as number;
        sum.b += b.losses[at] as number;
        sum.masked++;
        sums.set(key, sum);
      }
      at++;
    }
    before += lengths.length;
  }
  const masked = at;
  const figures = ({ losses, right }: Scores): MaskedFigures => ({
    loss: losses.reduce((sum, loss) => sum + loss, 0) / masked,
    accuracy: right / masked,
  });
  const mean = ({ a, b, masked: count }: Sums) => ({ a: a / count, b: b / count, masked: count });
  const rowLosses = [...rows].map(
    ([row, sums]): RowLosses => ({ row, text: (texts[row] ?? '').slice(0, BEGINNING), ...mean(sums) }),
  );
  const tokenLosses = [...tokens].map(
    ([id, sums]): TokenLosses => ({ id, token: tokenizer.idToToken(id) ?? `[${id}]`, ...mean(sums) }),
  );
  return {
    rows: texts.length,
    masked,
    a: figures(a),
    b: figures(b),
    rowsGained: most(rowLosses, ({ a: was, b: is }) => was - is),
    rowsLost: most(rowLosses, ({ a: was, b: is }) => is - was),
    // by what they add up to: one rare word says little
    tokensGained: most(tokenLosses, ({ a: was, b: is, masked: count }) => (was - is) * count),
    tokensLost: most(tokenLosses, ({ a: was, b: is, masked: count }) => (is - was) * count),
  };
}

function most<T extends LossPair>(list: readonly T[], difference: (one: T) => number): readonly T[] {
  return list
    .filter((one) => difference(one) > 0)
    .toSorted((one, other) => difference(other) - difference(one))
    .slice(0, SHOWN);
}
