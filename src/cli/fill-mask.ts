// cloze fill-mask: the likeliest tokens at each mask, in the form of Python's fill-mask pipeline.
import type { Command } from 'commander';
import { ClozeError } from '../base/errors.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { attentionOf } from '../inspect/attention.ts';
import { checkLength } from '../inspect/check-length.ts';
import { scoreTokens } from '../inspect/score-tokens.ts';
import { tokenLosses } from '../inspect/token-losses.ts';
import { loadMaskedLM } from '../models/load.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import { maskTokenOf } from '../tokenize/special-tokens.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import { choiceFlag, numberFlag } from './command.ts';
import { textTable } from './text-table.ts';

const FORMATS = ['text', 'json'] as const;

interface Flags {
  readonly model: string;
  readonly text: string;
  readonly top_k?: string;
  readonly token_losses?: boolean;
  readonly attention?: boolean;
  readonly format: string;
}

/** One guess, named as Python names it. */
interface Guess {
  readonly score: number;
  readonly token: number;
  readonly token_str: string;
  /** The text with the guess in place; with special tokens where the text has several masks. */
  readonly sequence: string;
}

export function fillMask(command: Command): void {
  command
    .option('--model <folder>', 'model folder, name in the Hugging Face cache, or "bundled"', 'bundled')
    .requiredOption('--text <text>', 'a text with one or more mask tokens, as "The [MASK] is stored."')
    .option('--top_k <n>', 'guesses for each mask (5)')
    .option('--token_losses', 'instead: the loss and rank of every token, masked in turn, and the pseudo-perplexity')
    .option('--attention', 'instead: what each head of each layer reads from; as text the mean of each layer’s heads')
    .option('--format <format>', 'text or json', 'text')
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const format = choiceFlag('format', flags.format, FORMATS);
  const topK = numberFlag('top_k', flags.top_k, 5, true);
  if (topK < 1) throw new ClozeError('bad-argument', '--top_k is at least 1.');
  const folder = await resolveModel(flags.model);
  if (flags.token_losses) return printLosses(folder, flags.text, format);
  if (flags.attention) return printAttention(folder, flags.text, format);
  const guesses = await guess(folder, flags.text, topK);
  if (format === 'json') {
    // Python gives one mask's guesses bare, several masks' as a list of lists
    console.log(JSON.stringify(guesses.length === 1 ? guesses[0] : guesses, null, 2));
    return;
  }
  for (const [i, list] of guesses.entries()) {
    if (guesses.length > 1) console.log(`mask ${i + 1}:`);
    for (const { score, token_str, sequence } of list) {
      console.log(
        `${(100 * score).toFixed(1).padStart(5)} %  ${token_str}${guesses.length === 1 ? `  ${sequence}` : ''}`,
      );
    }
  }
}

async function printLosses(folder: string, text: string, format: (typeof FORMATS)[number]): Promise<void> {
  const tokenizer = await loadTokenizer(folder);
  const model = await loadMaskedLM(folder, { train: false });
  try {
    const losses = await tokenLosses(model, tokenizer, text);
    if (format === 'json') {
      console.log(JSON.stringify(losses));
      return;
    }
    const rows = losses.tokens.map(({ token, loss, rank, prediction }) => [
      token,
      loss.toFixed(3),
      String(rank),
      prediction,
    ]);
    console.log(textTable([['token', 'loss', 'rank', 'first guess'], ...rows], ['left', 'right', 'right', 'left']));
    if (losses.pseudo_perplexity !== null) {
      console.log(`\npseudo-perplexity ${Number(losses.pseudo_perplexity.toPrecision(5))}`);
    }
  } finally {
    await model.release();
  }
}

/** json: `attentions` by layer, head, reading token and token read, as transformers' output_attentions of one row. */
async function printAttention(folder: string, text: string, format: (typeof FORMATS)[number]): Promise<void> {
  const tokenizer = await loadTokenizer(folder);
  const model = await loadMaskedLM(folder, { train: false });
  try {
    const { ids } = await tokenizer.encode(text);
    const { tokens, heads, layers } = await attentionOf(model, tokenizer, ids);
    const count = tokens.length;
    const row = (layer: Float32Array, head: number, query: number) => {
      const start = (head * count + query) * count;
      return Array.from(layer.subarray(start, start + count));
    };
    const places = [...tokens.keys()];
    if (format === 'json') {
      const attentions = layers.map((layer) =>
        Array.from({ length: heads }, (_, head) => places.map((query) => row(layer, head, query))),
      );
      console.log(JSON.stringify({ tokens, attentions }));
      return;
    }
    for (const [i, layer] of layers.entries()) {
      const mean = (query: number, key: number) =>
        Array.from({ length: heads }, (_, head) => row(layer, head, query)[key] as number).reduce((a, b) => a + b) /
        heads;
      const table = places.map((query) => [
        tokens[query] as string,
        ...places.map((key) => (100 * mean(query, key)).toFixed(0)),
      ]);
      console.log(`${i > 0 ? '\n' : ''}layer ${i + 1}, percent, mean of ${heads} heads`);
      console.log(textTable([['', ...tokens], ...table], ['left']));
    }
  } finally {
    await model.release();
  }
}

/** The guesses for each mask of the text, best first. */
async function guess(folder: string, text: string, topK: number): Promise<readonly (readonly Guess[])[]> {
  const tokenizer = await loadTokenizer(folder);
  const { ids, positions } = await encode(tokenizer, text);
  const model = await loadMaskedLM(folder, { train: false });
  try {
    checkLength(ids.length, model);
    const logits = await model.predict({
      inputIds: Int32Array.from(ids),
      lengths: Int32Array.of(ids.length),
      maskedPositions: Int32Array.from(positions),
      labels: Int32Array.from(positions, (position) => ids[position] as number),
    });
    const single = positions.length === 1;
    return await Promise.all(
      positions.map((position, i) => {
        const row = logits.subarray(i * model.vocabSize, (i + 1) * model.vocabSize);
        const { top } = scoreTokens(row, ids[position] as number, Math.min(topK, model.vocabSize));
        return Promise.all(
          top.map(async ({ id, score }): Promise<Guess> => {
            const filled = ids.map((old, at) => (at === position ? id : old));
            return {
              score,
              token: id,
              token_str: await tokenizer.decode([id]),
              sequence: await tokenizer.decode(filled, { skipSpecialTokens: single }),
            };
          }),
        );
      }),
    );
  } finally {
    await model.release();
  }
}

async function encode(tokenizer: Tokenizer, text: string) {
  const mask = maskTokenOf(tokenizer);
  const { ids } = await tokenizer.encode(text);
  const positions = ids.flatMap((id, position) => (id === mask.id ? [position] : []));
  if (positions.length === 0) {
    throw new ClozeError(
      'bad-argument',
      `The text has no ${mask.token}: ${JSON.stringify(text.slice(0, 80))}.`,
      `Write ${mask.token} where a word is to be guessed.`,
    );
  }
  return { ids, positions };
}
