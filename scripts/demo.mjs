// npm run demo: Cloze on the command line, start to end, on the bundled model and data: the book's table, losses and
// guesses before, a fine-tuning run, losses and guesses after, and its chart. Sets up a fresh clone first.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setUp } from '../test/support/set-up.mjs';

const MODEL = 'media/model';
const TRAIN = 'media/demo/train.txt';
const VALIDATION = 'media/demo/validation.txt';
const SENTENCES = [
  'This function takes a mutable [MASK] to a vector.',
  'The method returns an iterator over the [MASK] of the slice.',
  'The [MASK] checks that every reference is valid.',
  'This function returns a [MASK] to the value.',
  'This trait is implemented for all [MASK].',
];

const { failed } = await setUp({ build: true });
if (failed > 0) process.exit(1);
const started = Date.now();

heading('What a masked language model sees');
await cloze('mask', '--model', MODEL, '--text', 'transformers are awesome!', '--stream', 'numpy', '--seed', '3');

heading('The bundled model, before: it has read a bit of everything');
const before = await measure(MODEL);

heading('Fine-tuning on documentation of the Rust language');
const run = path.join('runs', `demo-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`);
await cloze(
  'train',
  ...['--model_name_or_path', MODEL, '--train_file', TRAIN, '--validation_file', VALIDATION, '--line_by_line'],
  ...['--output_dir', run, '--num_train_epochs', '4', '--per_device_train_batch_size', '16', '--max_seq_length', '128'],
  ...['--learning_rate', '1e-3', '--warmup_ratio', '0.1', '--lr_scheduler_type', 'linear', '--weight_decay', '0.01'],
  ...['--eval_strategy', 'epoch', '--save_strategy', 'epoch', '--save_total_limit', '1'],
  ...['--logging_steps', '20', '--seed', '42'],
);

heading('The same model, after');
const after = await measure(run);

heading('Before and after');
const { eval_loss: lossBefore, perplexity: perplexityBefore, masked_accuracy: accuracyBefore } = before.evaluation;
const { eval_loss: lossAfter, perplexity: perplexityAfter, masked_accuracy: accuracyAfter } = after.evaluation;
printTable([
  ['', 'before', 'after'],
  ['validation loss', lossBefore.toFixed(4), lossAfter.toFixed(4)],
  ['perplexity', perplexityBefore.toFixed(1), perplexityAfter.toFixed(1)],
  ['masked tokens guessed', percent(accuracyBefore), percent(accuracyAfter)],
]);
for (const [i, sentence] of SENTENCES.entries()) {
  console.log(`\n${sentence}`);
  printTable(before.guesses[i].map((guess, k) => ['  ', words(guess), words(after.guesses[i][k])]));
}

heading('The chart of its losses');
await cloze('runs', 'chart', run);
console.log(`Run folder, a Hugging Face model folder too: ${path.resolve(run)}`);
console.log(`Done in ${Math.round((Date.now() - started) / 1000)} s.`);

/** Loss on the validation file and the top 5 guesses for every sentence. */
async function measure(model) {
  const flags = ['--validation_file', VALIDATION, '--line_by_line', '--max_seq_length', '128', '--seed', '42'];
  const evaluation = JSON.parse(await readCloze('evaluate', '--model', model, ...flags, '--format', 'json'));
  console.log(`  eval_loss ${evaluation.eval_loss.toFixed(4)}, perplexity ${evaluation.perplexity.toFixed(1)}`);
  const guesses = [];
  for (const text of SENTENCES) {
    const answer = await readCloze('fill-mask', '--model', model, '--text', text, '--top_k', '5', '--format', 'json');
    guesses.push(JSON.parse(answer));
    console.log(`  ${guesses.at(-1).map(words).join(', ')}`);
  }
  return { evaluation, guesses };
}

/** Runs `cloze …` as a user would, in this terminal. */
async function cloze(...args) {
  echo(args);
  await node(['dist/cli.js', ...args]);
}

/** Runs `cloze …` and resolves to what it prints. */
function readCloze(...args) {
  echo(args);
  return node(['dist/cli.js', ...args], 'pipe');
}

function node(args, stdout = 'inherit') {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['inherit', stdout, 'inherit'] });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.once('close', (code) => {
      if (code === 0) return resolve(output);
      console.error(`\nThe demo ends here: the command above ended with exit status ${code}.`);
      process.exit(1);
    });
  });
}

function echo(args) {
  const quoted = args.map((arg) => (/^[\w./:=-]+$/.test(arg) ? arg : `"${arg}"`));
  console.log(`\n$ cloze ${quoted.join(' ')}`);
}

function heading(text) {
  console.log(`\n\n${text}\n${'─'.repeat(text.length)}`);
}

function words({ token_str: token, score }) {
  return `${token} ${percent(score)}`;
}

function percent(fraction) {
  return `${(100 * fraction).toFixed(1)} %`;
}

function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] + 2))
        .join('')
        .trimEnd(),
    );
}
