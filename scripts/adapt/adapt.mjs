// Adapts a model to the corpus that corpus.mjs gathered, with Cloze's own command line:
//   node scripts/adapt/adapt.mjs CORPUS MODEL OUT [--max_steps 16000] [--threads 2] [--learning_rate 1e-3]
// Prints masked-token loss and accuracy on held-out text of each kind, before and after, and writes them to
// OUT/adapted.json. OUT is a run folder; started again, it goes on from the last checkpoint there. Dropout is off:
// so small a model cannot remember what it read. store.ts then writes the result in float16.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    max_steps: { type: 'string', default: '16000' },
    threads: { type: 'string', default: '2' },
    learning_rate: { type: 'string', default: '1e-3' },
  },
});
if (positionals.length !== 3) throw new Error('node scripts/adapt/adapt.mjs CORPUS MODEL OUT');
const [corpus, model, out] = positionals.map((path) => resolve(path));
const cli = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js');

/** What is measured: full rows of 128 tokens, or lines as they are. */
const MEASURES = [
  ['encyclopedia, full rows', 'heldout-encyclopedia.txt', false],
  ['documentation, full rows', 'heldout-documentation.txt', false],
  ['documentation, lines', 'heldout-documentation.txt', true],
  ['dictionary, lines', 'heldout-dictionary.txt', true],
  ['novels, full rows', 'heldout-novels.txt', false],
];

console.log(`What it reads:\n${readFileSync(join(corpus, 'sources.json'), 'utf8')}`);
const before = measure(model);
const start = withoutDropout(model, `${out}-start`);
const resume = existsSync(out) && readdirSync(out).some((name) => /^checkpoint-\d+$/.test(name));
const trained = spawnSync(
  process.execPath,
  [
    cli,
    'train',
    ...flags({
      model_name_or_path: start,
      train_file: join(corpus, 'train.txt'),
      validation_file: join(corpus, 'heldout-encyclopedia.txt'),
      max_eval_samples: 400,
      output_dir: out,
      line_by_line: true,
      max_seq_length: 128,
      train_sampling_strategy: 'group_by_length',
      per_device_train_batch_size: 32,
      per_device_eval_batch_size: 32,
      max_steps: values.max_steps,
      learning_rate: values.learning_rate,
      lr_scheduler_type: 'linear',
      warmup_steps: 300,
      weight_decay: 0.01,
      adam_beta2: 0.98,
      logging_steps: 100,
      eval_strategy: 'steps',
      eval_steps: 1000,
      save_steps: 500,
      save_total_limit: 2,
      threads: values.threads,
      seed: 1,
    }),
    ...(resume ? ['--resume_from_checkpoint'] : []),
  ],
  { stdio: 'inherit' },
);
if (trained.status !== 0) process.exit(trained.status ?? 1);

const after = measure(out);
writeFileSync(join(out, 'adapted.json'), `${JSON.stringify({ before, after }, null, 2)}\n`);
for (const [name] of MEASURES) {
  const cells = [before[name], after[name]].map(
    ({ eval_loss, masked_accuracy }) => `${eval_loss.toFixed(2)}, ${(100 * masked_accuracy).toFixed(0)} %`,
  );
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

/** `cloze evaluate` on held-out text of each kind. */
function measure(folder) {
  return Object.fromEntries(
    MEASURES.map(([name, file, lineByLine]) => {
      const args = {
        model: folder,
        validation_file: join(corpus, file),
        line_by_line: lineByLine,
        max_seq_length: 128,
      };
      const more = { per_device_eval_batch_size: 32, seed: 1, format: 'json' };
      const text = execFileSync(process.execPath, [cli, 'evaluate', ...flags({ ...args, ...more })]);
      return [name, JSON.parse(text.toString())];
    }),
  );
}

function withoutDropout(folder, target) {
  mkdirSync(target, { recursive: true });
  cpSync(folder, target, { recursive: true });
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const off = { ...config, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
  writeFileSync(join(target, 'config.json'), `${JSON.stringify(off, null, 2)}\n`);
  return target;
}

function flags(record) {
  return Object.entries(record).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
