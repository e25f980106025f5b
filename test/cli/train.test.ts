// cloze train and cloze runs as processes: to the end, Ctrl-C and on again, in the background, wrong input.
import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CommandLine, MODEL } from './support.ts';

const WORDS = 'the file a table of rows and an index is made by each call which returns the value of one row'.split(
  ' ',
);
const LINES = Array.from({ length: 60 }, (_, i) => WORDS.slice(i % 7, 8 + (i % 11)).join(' '));

describe('cloze train', () => {
  let cloze: CommandLine;
  let flags: string[];
  before(async () => {
    cloze = await CommandLine.inFolder();
    const csv = await cloze.file('rows.csv', `id,body\n${LINES.map((line, i) => `${i},"${line}"`).join('\n')}\n`);
    flags = [
      ...['train', '--model_name_or_path', MODEL, '--train_file', csv, '--text_column', 'body'],
      ...['--line_by_line', '--validation-split-percentage', '20', '--logging_steps', '1', '--max_steps', '4'],
    ];
  });
  after(() => cloze.dispose());
  const folder = (name: string) => join(cloze.folder, name);
  const steps = async (name: string) =>
    (await readFile(join(folder(name), 'log_history.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((line) => 'loss' in line)
      .map(({ step }) => step as number);

  it('trains on a CSV column, prints the log history and leaves the model; cloze runs lists it', async () => {
    const ended = await cloze.run([...flags, '--output_dir', folder('done'), '--evaluation_strategy', 'epoch']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.stdout.match(/^\{'loss': [\d.]+, 'grad_norm': [\d.]+, 'learning_rate'/gm)?.length, 4);
    assert.match(ended.stdout, /^\{'eval_loss': [\d.]+/m);
    assert.match(ended.stdout, /Finished\. The model is in .*done/);
    const names = await readdir(folder('done'));
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'trainer_state.json', 'run.json']) {
      assert.ok(names.includes(name), name);
    }
    const listed = await cloze.run(['runs', '--format', 'json']);
    const runs = JSON.parse(listed.stdout) as { folder: string; state: string; progress: { step: number } }[];
    const run = runs.find((one) => one.folder === folder('done'));
    assert.equal(run?.state, 'finished');
    assert.equal(run?.progress.step, 4);
    const chart = await cloze.run(['runs', 'chart', folder('done')]);
    assert.equal(chart.code, 0, chart.stderr);
    assert.match(await readFile(join(folder('done'), 'loss.svg'), 'utf8'), /^<svg /);
  });

  it('refuses a folder that holds a run, and names the ways out', async () => {
    const ended = await cloze.run([...flags, '--output_dir', folder('done')]);
    assert.equal(ended.code, 1);
    for (const way of ['resume', 'another', 'overwrite_output_dir']) assert.match(ended.stderr, new RegExp(way));
    const again = await cloze.run([...flags, '--output_dir', folder('done'), '--overwrite_output_dir']);
    assert.equal(again.code, 0, again.stderr);
  });

  it('stops and saves on Ctrl-C with status 130, and goes on from there', async () => {
    const long = [...flags, '--output_dir', folder('interrupted'), '--max_steps', '100000'];
    const ended = await cloze.run(long, (child) => {
      child.stdout?.on('data', (data: Buffer) => {
        if (/'loss'/.test(String(data)) && !child.killed) child.kill('SIGINT');
      });
    });
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, /finished and saved first/);
    assert.match(ended.stdout, /--resume_from_checkpoint/);
    assert.ok((await readdir(folder('interrupted'))).includes('model.safetensors'));
    const before = await steps('interrupted');
    const last = before.at(-1) ?? 0;
    const resumed = await cloze.run([...long, '--max_steps', String(last + 3), '--resume_from_checkpoint']);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(
      await steps('interrupted'),
      Array.from({ length: last + 3 }, (_, i) => i + 1),
    );
  });

  it('says what is wrong before a folder is made', async () => {
    const failed = async (more: string[], code: number, message: RegExp) => {
      const ended = await cloze.run([...flags, '--output_dir', folder('wrong'), ...more]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      await assert.rejects(access(folder('wrong')));
    };
    await failed(['--learning_rat', '1'], 2, /Did you mean --learning_rate/);
    await failed(['--learning_rate', 'fast'], 1, /learning_rate is a number, not "fast"/);
    await failed(['--train_file', 'missing.txt'], 1, /There is no file .*missing\.txt/);
    await failed(['--model_name_or_path', 'no/such'], 1, /no\/such/);
    await failed(['--fp16'], 1, /fp16/);
  });

  it('marks a run with a missing column as failed, and says which there are', async () => {
    const ended = await cloze.run([...flags, '--output_dir', folder('column'), '--text_column', 'text']);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /text.*body/s);
    const shown = await cloze.run(['runs', 'show', folder('column')]);
    assert.match(shown.stdout, /state\s+failed/);
  });

  it('tells every command and flag', async () => {
    const help = await cloze.run(['--help']);
    for (const name of ['mask', 'train', 'evaluate', 'fill-mask', 'runs', 'push']) {
      assert.match(help.stdout, new RegExp(`^  ${name} `, 'm'));
      const { code, stdout } = await cloze.run([name, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: cloze ${name}`));
    }
    const unknown = await cloze.run(['trian']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Did you mean train\?/);
  });
});
