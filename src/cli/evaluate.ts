// cloze evaluate: how well a model fills the masks of a file.
import type { Command } from 'commander';
import { ClozeError } from '../base/errors.ts';
import { resolveModel } from '../hub/resolve-model.ts';
import { findArgument, resolveArguments } from '../protocol/resolve-arguments.ts';
import { evaluateModel } from '../train/evaluate-model.ts';
import { choiceFlag } from './command.ts';
import { ProgressBar } from './progress-bar.ts';

/** Flags that mean the same as in cloze train. */
const SHARED = [
  'text_column',
  'line_by_line',
  'max_seq_length',
  'pad_to_max_length',
  'max_eval_samples',
  'on_bad_row',
  'mlm_probability',
  'mask_replace_prob',
  'random_replace_prob',
  'whole_word_mask',
  'per_device_eval_batch_size',
  'seed',
  'threads',
] as const;

type Flags = Readonly<Record<string, string | boolean | string[] | undefined>>;

export function evaluate(command: Command): void {
  command
    .option('--model <folder>', 'model folder, name in the Hugging Face cache, or "bundled"', 'bundled')
    .requiredOption('--validation_file <files...>', 'text to measure on: .txt, .jsonl, .csv, .tsv or .parquet');
  for (const name of SHARED) {
    const spec = findArgument(name);
    if (!spec) throw new ClozeError('internal', `No argument ${name}.`);
    const shown = spec.default === null ? '' : ` (${spec.default})`;
    command.option(`--${name} ${spec.type === 'bool' ? '[bool]' : '<value>'}`, `${spec.help}${shown}`);
  }
  command.option('--format <format>', 'table or json', 'table').action((flags: Flags) => run(flags));
}

async function run({ model, format, ...flags }: Flags): Promise<void> {
  const kind = choiceFlag('format', String(format), ['table', 'json']);
  const { args, errors } = resolveArguments({ ...flags, train_file: flags.validation_file });
  if (!args) throw new ClozeError('bad-argument', errors.map(({ message }) => message).join(' '));
  const bar = new ProgressBar();
  const result = await evaluateModel(await resolveModel(String(model)), args, (batch, batches) =>
    bar.show(batch / batches, `evaluating ${batch}/${batches}`),
  );
  bar.clear();
  if (kind === 'json') console.log(JSON.stringify(result));
  else
    for (const [name, value] of Object.entries(result))
      console.log(`${name.padEnd(16)} ${Number(value.toPrecision(6))}`);
}
