// cloze mask: the collator's work on a text, or on a file's lines as one batch.
import { type Command, Option } from 'commander';
import { ClozeError } from '../base/errors.ts';
import type { Feature } from '../collate/batch.ts';
import { DataCollatorForLanguageModeling, streamOptions } from '../collate/data-collator.ts';
import { readLines } from '../data/lines.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { type MaskingTable, RANDOM_STREAMS } from '../protocol/masking.ts';
import { toCsv, toMarkdown } from '../protocol/masking-text.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import { type Encoding, lengthLimit, type Tokenizer } from '../tokenize/types.ts';
import { offsetsHoldSpaces } from '../tokenize/words.ts';
import { booleanFlag, choiceFlag, numberFlag } from './command.ts';
import { type MaskedCall, maskedCall } from './masked-call.ts';
import { terminalTable } from './terminal-table.ts';

const FORMATS = ['table', 'json', 'csv', 'markdown'] as const;

interface Flags {
  readonly model: string;
  readonly text?: string;
  readonly file?: string;
  readonly mlm_probability?: string;
  readonly mask_replace_prob?: string;
  readonly random_replace_prob?: string;
  readonly whole_word_mask?: string | boolean;
  readonly pad_to_multiple_of?: string;
  readonly max_seq_length?: string;
  readonly return_special_tokens_mask?: string | boolean;
  readonly seed?: string;
  readonly stream: string;
  readonly calls?: string;
  readonly format: string;
}

export function mask(command: Command): void {
  command
    .option('--model <folder>', 'model folder, name in the Hugging Face cache, or "bundled"', 'bundled')
    .option('--text <text>', 'the text')
    .option('--file <file>', 'a text file: each line is a row of one batch')
    .option('--mlm_probability <p>', 'share of tokens that are chosen (0.15)')
    .option('--mask_replace_prob <p>', 'of the chosen, the share replaced by the mask token (0.8)')
    .option('--random_replace_prob <p>', 'of the chosen, the share replaced by a random token (0.1)')
    .option('--whole_word_mask [bool]', 'choose whole words')
    .option('--pad_to_multiple_of <n>', 'round the padded length up to a multiple')
    .option('--max_seq_length <n>', "cut rows to this many tokens (the model's limit)")
    .option(
      '--return_special_tokens_mask [bool]',
      'special are the tokens that the tokenizer added, not all special ids',
    )
    .option('--seed <n>', 'seed (42)')
    .addOption(new Option('--stream <stream>', 'random stream: torch, numpy or numpy-seeded').default('torch'))
    .option('--calls <n>', 'how often to draw from the same stream (1)')
    .option('--format <format>', 'table, json, csv or markdown', 'table')
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const format = choiceFlag('format', flags.format, FORMATS);
  const stream = choiceFlag('stream', flags.stream, RANDOM_STREAMS);
  const calls = numberFlag('calls', flags.calls, 1, true);
  if (calls < 1) throw new ClozeError('bad-argument', '--calls is at least 1.');
  const tokenizer = await loadTokenizer(await resolveModel(flags.model));
  const wholeWordMask = booleanFlag('whole_word_mask', flags.whole_word_mask);
  const collator = new DataCollatorForLanguageModeling(tokenizer, {
    mlmProbability: numberFlag('mlm_probability', flags.mlm_probability, 0.15),
    maskReplaceProb: numberFlag('mask_replace_prob', flags.mask_replace_prob, 0.8),
    randomReplaceProb: numberFlag('random_replace_prob', flags.random_replace_prob, 0.1),
    wholeWordMask,
    padToMultipleOf:
      flags.pad_to_multiple_of === undefined
        ? null
        : numberFlag('pad_to_multiple_of', flags.pad_to_multiple_of, 1, true),
    ...streamOptions(stream, numberFlag('seed', flags.seed, 42, true)),
  });
  const limit = lengthLimit(tokenizer);
  const maxLength =
    flags.max_seq_length === undefined ? limit : numberFlag('max_seq_length', flags.max_seq_length, 0, true);
  const withMask = booleanFlag('return_special_tokens_mask', flags.return_special_tokens_mask);
  const texts = await textsOf(flags);
  const encodings = await Promise.all(texts.map((text) => encode(tokenizer, text, maxLength)));
  const features = encodings.map((encoding, i) => {
    const words = wholeWordMask ? wordsOf(texts[i] as string, encoding, tokenizer) : {};
    const special = withMask ? { specialTokensMask: encoding.specialTokensMask } : {};
    return { inputIds: encoding.ids, ...special, ...words };
  });
  const results = Array.from({ length: calls }, () => maskedCall(tokenizer, encodings, collator.collate(features)));
  print(results, format);
}

async function textsOf({ text, file }: Flags): Promise<string[]> {
  if (text !== undefined && file === undefined) return [text];
  if (file === undefined || text !== undefined) {
    throw new ClozeError('bad-argument', 'Give either --text or --file.', 'See cloze mask --help.');
  }
  const lines: string[] = [];
  for await (const batch of readLines(file)) lines.push(...batch);
  if (lines.length === 0) throw new ClozeError('bad-input', `${file} is empty.`, 'Give a file with text.');
  return lines;
}

async function encode(tokenizer: Tokenizer, text: string, maxLength: number | null): Promise<Encoding> {
  const encoding = await tokenizer.encode(text, { maxLength: maxLength ?? undefined });
  if (maxLength !== null && encoding.ids.length === maxLength) {
    const whole = await tokenizer.encode(text);
    const cut = whole.ids.length - encoding.ids.length;
    if (cut > 0)
      console.error(`cloze mask: the text is longer than ${maxLength} tokens; the last ${cut} were cut off.`);
  }
  return encoding;
}

/** What tells the collator where words are. */
function wordsOf(text: string, encoding: Encoding, tokenizer: Tokenizer): Partial<Feature> {
  const { offsets, wordIds } = encoding;
  return offsetsHoldSpaces(text, encoding, tokenizer.allSpecialIds) ? { offsets, wordIds } : { offsets };
}

function print(results: readonly MaskedCall[], format: (typeof FORMATS)[number]): void {
  if (format === 'json') {
    console.log(JSON.stringify(results.map(({ json }) => json)));
    return;
  }
  const write = { csv: toCsv, markdown: toMarkdown, table: terminal }[format];
  for (const [call, { tables }] of results.entries()) {
    for (const [row, table] of tables.entries()) {
      const of = [results.length > 1 ? `call ${call}` : '', tables.length > 1 ? `row ${row}` : ''].filter(Boolean);
      if (format === 'table' && of.length > 0) console.log(`${of.join(', ')}:`);
      process.stdout.write(write(table, true));
    }
  }
}

function terminal(table: MaskingTable): string {
  return terminalTable(table, process.stdout.columns ?? 100);
}
