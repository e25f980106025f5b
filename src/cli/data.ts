// cloze data: what a data set consists of, and what a tokenizer makes of it.
import type { Command } from 'commander';
import { ClozeError } from '../base/errors.ts';
import { expandFiles } from '../data/expand-files.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { type DataReport, inspectData } from '../inspect/data-report.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import { lengthLimit } from '../tokenize/types.ts';
import { choiceFlag, numberFlag } from './command.ts';
import { onInterrupt } from './interrupt.ts';
import { ProgressBar } from './progress-bar.ts';
import { textTable } from './text-table.ts';

interface Flags {
  readonly train_file?: string[];
  readonly validation_file?: string[];
  readonly model?: string;
  readonly text_column?: string;
  readonly max_seq_length?: string;
  readonly format: string;
}

export function data(command: Command): void {
  command
    .argument(
      '[files...]',
      '.txt, .jsonl, .csv, .tsv, .json, .parquet or .arrow, or a folder or pattern of them; rows of the later ones may leak from the first',
    )
    .option('--train_file <files...>', 'the first ones, by another name')
    .option('--validation_file <files...>', 'the later ones, by another name')
    .option('--model <folder>', 'count tokens with the tokenizer of this model folder, cached model, or "bundled"')
    .option('--text_column <name>', 'column that holds the text; "text", else the first text column')
    .option('--max_seq_length <int>', "tokens of a row at the most; the model's limit unless told")
    .option('--format <format>', 'table or json', 'table')
    .action((files: string[], flags: Flags) => run(files, flags));
}

async function run(files: readonly string[], flags: Flags): Promise<void> {
  const kind = choiceFlag('format', flags.format, ['table', 'json']);
  const paths = [...(flags.train_file ?? []), ...files, ...(flags.validation_file ?? [])];
  if (paths.length === 0) throw new ClozeError('bad-argument', 'Name a file: cloze data FILE…');
  const tokenizer = flags.model === undefined ? undefined : await loadTokenizer(await resolveModel(flags.model));
  const asked =
    flags.max_seq_length === undefined ? undefined : numberFlag('max_seq_length', flags.max_seq_length, 0, true);
  const bar = new ProgressBar();
  const interrupt = onInterrupt();
  let report: DataReport;
  try {
    const parts = await Promise.all(paths.map((path) => expandFiles([path])));
    report = await inspectData(parts, {
      column: flags.text_column,
      tokenizer,
      maxSeqLength: asked ?? (tokenizer && (lengthLimit(tokenizer) ?? undefined)),
      signal: interrupt.signal,
      onProgress: (share, file) => bar.show(share, `reading ${file}`),
    });
  } finally {
    bar.clear();
    interrupt.dispose();
  }
  if (kind === 'json') console.log(JSON.stringify(report));
  else print(report, paths.length > 1);
}

function print(
  { rows, bad_rows, columns, tokens, empty_rows, duplicate_rows, leaks }: DataReport,
  several: boolean,
): void {
  const count = (value: number) => value.toLocaleString('en');
  console.log(`rows            ${count(rows)}`);
  console.log(`bad rows        ${count(bad_rows.length)}`);
  console.log(`empty rows      ${count(empty_rows)}`);
  console.log(`duplicate rows  ${count(duplicate_rows)}`);
  if (several) console.log(`leaks           ${count(leaks)}  rows of later files that are in the first`);
  const cells = columns.map(({ name, type, nulls, distinct, min, max }) => [
    short(name),
    type,
    count(nulls),
    count(distinct),
    short(min),
    short(max),
  ]);
  console.log(`\n${textTable([['column', 'type', 'nulls', 'distinct', 'min', 'max'], ...cells], ['left', 'left'])}`);
  if (tokens) {
    console.log('');
    for (const [name, value] of Object.entries(tokens)) {
      console.log(
        `${name.padEnd(15)} ${value === null ? '' : Number(Number(value).toPrecision(6)).toLocaleString('en')}`,
      );
    }
  }
  for (const { file, line, byte, reason } of bad_rows.slice(0, 20)) {
    console.log(`${file ? `${file} ` : ''}line ${line}${byte === null ? '' : `, byte ${byte}`}: ${reason}`);
  }
  if (bad_rows.length > 20) console.log(`and ${count(bad_rows.length - 20)} more bad rows: --format json tells all`);
}

/** A cell that fits a terminal, with its control characters as symbols. */
function short(value: unknown): string {
  if (value === null) return '';
  const text = String(value).replace(/\p{Cc}/gu, (c) =>
    String.fromCodePoint(0x2400 + ((c.codePointAt(0) ?? 0) % 0x21)),
  );
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
