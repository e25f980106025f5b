// Adapts a model to the corpus that corpus.mjs gathered, with Cloze's own command line:
//   node scripts/adapt/adapt.mjs CORPUS MODEL OUT [--threads 2] [--learning_rate 1e-3]
// Two stages: rows line by line, so that short text is known from its first token on; then full rows of 128 tokens.
// Prints masked-token loss and accuracy on held-out text of each kind, before and after, and writes them to
// OUT/adapted.json. Each stage is a run folder in OUT; started again, it goes on from the last checkpoint there.
// Dropout is off: so small a model cannot remember what it read. store.ts then writes the result in float16.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
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

const STAGES = [
  { name: 'lines', line_by_line: true, train_sampling_strategy: 'group_by_length', max_steps: 20_000, seed: 1 },
  { name: 'full-rows', line_by_line: false, max_steps: 9_000, seed: 2 },
];

console.log(`What it reads:\n${readFileSync(join(corpus, 'sources.json'), 'utf8')}`);
const before = measure(model);
mkdirSync(out, { recursive: true });
let last = withoutDropout(model, join(out, 'start'));
for (const { name, ...stage } of STAGES) last = train(last, join(out, name), stage);

const after = measure(last);
writeFileSync(join(out, 'adapted.json'), `${JSON.stringify({ before, after }, null, 2)}\n`);
for (const [name] of MEASURES) {
  const cells = [before[name], after[name]].map(
    ({ eval_loss, masked_accuracy }) => `${eval_loss.toFixed(2)}, ${(100 * masked_accuracy).toFixed(0)} %`,
  );
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

/** Runs one stage to its end, unless it is there already; returns its folder. */
function train(start, folder, stage) {
  if (existsSync(join(folder, 'train_results.json'))) return folder;
  const args = {
    model_name_or_path: start,
    train_file: join(corpus, 'train.txt'),
    validation_file: join(corpus, 'heldout-encyclopedia.txt'),
    max_eval_samples: 400,
    output_dir: folder,
    max_seq_length: 128,
    per_device_train_batch_size: 32,
    per_device_eval_batch_size: 32,
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
    ...stage,
  };
  const resume = existsSync(folder) && readdirSync(folder).some((name) => /^checkpoint-\d+$/.test(name));
  const more = resume ? ['--resume_from_checkpoint'] : [];
  const { status } = spawnSync(process.execPath, [cli, 'train', ...flags(args), ...more], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  return folder;
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
