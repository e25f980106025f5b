// The rows of a run: its files read, split and tokenized as run_mlm.py does, or taken from the cache of an earlier run.
import { stat } from 'node:fs/promises';
import { breathe, throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { contentKey, contentOf } from '../data/content-key.ts';
import { expandFiles } from '../data/expand-files.ts';
import { readTexts } from '../data/open.ts';
import { slice, splitSize } from '../data/split.ts';
import { cachedRows } from '../data/token-cache.ts';
import type { TokenRows } from '../data/token-rows.ts';
import { tokenizeInto } from '../data/tokenize-rows.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { type TrainingObserver, waiting } from './observer.ts';

export interface RunRows {
  readonly trainRows: TokenRows;
  readonly evalRows: TokenRows | null;
}

/** `maxSeqLength`: tokens a row. The rows are to be closed. */
export async function readRows(
  args: TrainingArguments,
  tokenizer: Tokenizer,
  maxSeqLength: number,
  observer: TrainingObserver,
  signal?: AbortSignal,
): Promise<RunRows> {
  observer.onProgress(waiting('tokenizing'));
  const files = {
    train_file: await expandFiles(args.train_file),
    validation_file: await expandFiles(args.validation_file),
  };
  const reader = new Reader({ ...args, ...files }, tokenizer, maxSeqLength, observer, asked(observer, signal));
  const train = await reader.trainRows();
  const evaluation = await reader.evalRows().catch((error) => {
    train.close();
    throw error;
  });
  throwIfCancelled(signal);
  reader.report();
  const trainRows = args.max_train_samples === null ? train : train.first(args.max_train_samples);
  let evalRows = args.max_eval_samples === null ? evaluation : (evaluation?.first(args.max_eval_samples) ?? null);
  if (evalRows?.length === 0) {
    observer.onMessage('warning', 'The validation text makes no row, so nothing is evaluated.');
    evalRows.close();
    evalRows = null;
  }
  if (!evalRows && args.eval_strategy !== 'no') {
    throw new ClozeError(
      'bad-input',
      `eval_strategy is "${args.eval_strategy}", but there are no validation rows.`,
      'Set validation_file, a larger validation_split_percentage, or eval_strategy no.',
    );
  }
  const evalPart = evalRows ? `, ${evalRows.length} to evaluate on (${evalRows.tokens} tokens)` : '';
  observer.onMessage('info', `${trainRows.length} rows to train on (${trainRows.tokens} tokens)${evalPart}.`);
  return { trainRows, evalRows };
}

/** Which rows of the files: all, or those of a split by per cent. */
type Part = 'all' | 'split' | 'rest';

class Reader {
  #badRows = 0;
  #reused = 0;
  #made = 0;
  /** What was found out of a file, or of files, for one part holds for the other. */
  readonly #contents = new Map<string, Promise<string>>();
  #total: Promise<number> | null = null;

  constructor(
    private readonly args: TrainingArguments,
    private readonly tokenizer: Tokenizer,
    private readonly maxSeqLength: number,
    private readonly observer: TrainingObserver,
    private readonly signal: AbortSignal,
  ) {}

  trainRows(): Promise<TokenRows> {
    return this.#rows(this.args.train_file, this.#splits ? 'rest' : 'all');
  }

  evalRows(): Promise<TokenRows | null> {
    if (this.args.validation_file.length > 0) return this.#rows(this.args.validation_file, 'all');
    return this.#splits ? this.#rows(this.args.train_file, 'split') : Promise.resolve(null);
  }

  report(): void {
    const { observer } = this;
    if (this.#badRows > 0) {
      observer.onMessage(
        'warning',
        `${this.#badRows} rows could not be read and were left out (on_bad_row is "skip").`,
      );
    }
    if (this.#reused > 0 && this.#made === 0) {
      observer.onMessage(
        'info',
        'The text was tokenized by an earlier run: its rows are used (overwrite_cache makes new ones).',
      );
    }
  }

  get #splits(): boolean {
    return this.args.validation_file.length === 0 && this.args.validation_split_percentage > 0;
  }

  async #rows(files: readonly string[], part: Part): Promise<TokenRows> {
    const { args, tokenizer, maxSeqLength, signal, observer } = this;
    const settings = {
      version: 1,
      tokenizer: tokenizer.fingerprint,
      part: part === 'all' ? part : [part, args.validation_split_percentage],
      column: args.text_column,
      onBadRow: args.on_bad_row,
      lineByLine: args.line_by_line,
      maxSeqLength,
      wordStarts: args.whole_word_mask,
    };
    const size = await totalSize(files);
    const progress = (from: number, to: number) => (bytes: number) =>
      observer.onProgress(waiting('tokenizing', from + (to - from) * (size > 0 ? bytes / size : 1)));
    const key = contentKey(await this.#read(files, progress(0, READ)), settings);
    const { rows, badRows, isOld } = await cachedRows({
      key,
      format: { idBytes: tokenizer.size <= 2 ** 16 ? 2 : 4, wordStarts: args.whole_word_mask },
      overwrite: args.overwrite_cache,
      make: async (sink) => {
        let bad = 0;
        const texts = (onBytes: OnBytes) =>
          readTexts(files, { column: args.text_column, onBadRow: args.on_bad_row, signal, onBytes }, () => bad++);
        const source = await this.#part(texts, part, progress(READ, COUNTED));
        bad = 0;
        await tokenizeInto(sink, source(progress(part === 'all' ? READ : COUNTED, 1)), tokenizer, {
          lineByLine: args.line_by_line,
          maxSeqLength,
          wordStarts: args.whole_word_mask,
          signal,
        });
        return { badRows: bad };
      },
    });
    this.#badRows += badRows;
    if (isOld) this.#reused++;
    else this.#made++;
    return rows;
  }

  async #read(files: readonly string[], onBytes: OnBytes): Promise<string[]> {
    const contents: string[] = [];
    let before = 0;
    for (const path of files) {
      let content = this.#contents.get(path);
      if (!content) {
        content = contentOf(path, { signal: this.signal, onBytes: (bytes) => onBytes(before + bytes) });
        this.#contents.set(path, content);
      }
      contents.push(await content);
      before += (await stat(path)).size;
    }
    return contents;
  }

  /** A split by per cent needs to know how many rows there are. */
  async #part(texts: Texts, part: Part, counting: OnBytes): Promise<Texts> {
    if (part === 'all') return texts;
    const count = async () => {
      let total = 0;
      for await (const batch of texts(counting)) {
        total += batch.length;
        await breathe(this.signal);
      }
      return total;
    };
    this.#total ??= count();
    const total = await this.#total;
    const split = splitSize(total, this.args.validation_split_percentage);
    return (onBytes) => (part === 'split' ? slice(texts(onBytes), 0, split) : slice(texts(onBytes), split, total));
  }
}

/** Shares of the work at which the files are read for their content, and their rows are counted. */
const READ = 0.1;
const COUNTED = 0.25;

type OnBytes = (bytes: number) => void;
type Texts = (onBytes: OnBytes) => AsyncIterable<readonly string[]>;

async function totalSize(files: readonly string[]): Promise<number> {
  let total = 0;
  for (const path of files) {
    const stats = await stat(path).catch(() => null);
    if (!stats) throw new ClozeError('not-found', `There is no file ${path}.`, 'Check the path.');
    if (stats.isDirectory()) throw new ClozeError('bad-input', `${path} is a folder.`, 'Name a file in it.');
    total += stats.size;
  }
  return total;
}

/** Fires when the caller's signal does, or when the observer is asked to end: no checkpoint exists yet to lose. */
function asked(observer: TrainingObserver, signal: AbortSignal | undefined): AbortSignal {
  const controller = new AbortController();
  const poll = setInterval(() => observer.requested() && controller.abort(), 250);
  poll.unref();
  controller.signal.addEventListener('abort', () => clearInterval(poll), { once: true });
  return signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
}
