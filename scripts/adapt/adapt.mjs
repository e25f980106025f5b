// Adapts a model to the corpus that corpus.mjs gathered, with Cloze's own command line:
//   node scripts/adapt/adapt.mjs CORPUS MODEL OUT [--max_steps 8000] [--threads 2] [--learning_rate 1e-3]
// Prints masked-token loss and accuracy on held-out rows of each kind, before and after, and writes them to
// OUT/adapted.json. OUT is a run folder; started again, it goes on from the last checkpoint there.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    max_steps: { type: 'string', default: '8000' },
    threads: { type: 'string', default: '2' },
    learning_rate: { type: 'string', default: '1e-3' },
  },
});
if (positionals.length !== 3) throw new Error('node scripts/adapt/adapt.mjs CORPUS MODEL OUT');
const [corpus, model, out] = positionals.map((path) => resolve(path));
const cli = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli.js');
const heldOut = readdirSync(corpus).filter((name) => name.startsWith('heldout-'));

console.log(`What it reads:\n${readFileSync(join(corpus, 'sources.json'), 'utf8')}`);
const before = measure(model);

const resume = existsSync(out) && readdirSync(out).some((name) => /^checkpoint-\d+$/.test(name));
const trained = spawnSync(
  process.execPath,
  [
    cli,
    'train',
    ...flags({
      model_name_or_path: model,
      train_file: join(corpus, 'train.txt'),
      validation_file: join(corpus, 'heldout-encyclopedia.txt'),
      max_eval_samples: 400,
      output_dir: out,
      line_by_line: true,
      max_seq_length: 128,
      per_device_train_batch_size: 32,
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
console.table(
  Object.fromEntries(
    Object.keys(before).map((name) => [
      name,
      {
        'loss before': before[name].eval_loss.toFixed(2),
        'loss after': after[name].eval_loss.toFixed(2),
        'accuracy before': before[name].masked_accuracy.toFixed(3),
        'accuracy after': after[name].masked_accuracy.toFixed(3),
        'masked tokens': after[name].masked_tokens,
      },
    ]),
  ),
);

/** `cloze evaluate` on each kind of held-out text, as lines. */
function measure(folder) {
  return Object.fromEntries(
    heldOut.map((file) => {
      const name = file.slice('heldout-'.length, -'.txt'.length);
      const args = { model: folder, validation_file: join(corpus, file), line_by_line: true, max_seq_length: 128 };
      const text = execFileSync(process.execPath, [cli, 'evaluate', ...flags({ ...args, seed: 1, format: 'json' })]);
      return [name, JSON.parse(text.toString())];
    }),
  );
}

function flags(record) {
  return Object.entries(record).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
