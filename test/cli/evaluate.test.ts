// cloze evaluate as a process: what Trainer.evaluate() gives in Python for the same seeds, and its errors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { CommandLine, MODEL } from './support.ts';

interface Evaluation {
  readonly seed: number;
  readonly per_device_eval_batch_size: number;
  readonly mlm_probability: number;
  readonly max_seq_length: number;
  readonly eval_loss: number;
  readonly perplexity: number;
  readonly masked_accuracy: number;
  readonly masked_tokens: number;
}
const recorded: { texts: string[]; evaluations: Evaluation[] } = JSON.parse(
  readFileSync('test/parity/training/evaluate.json', 'utf8'),
);

describe('cloze evaluate', () => {
  let cloze: CommandLine;
  let file: string;
  before(async () => {
    cloze = await CommandLine.inFolder();
    file = await cloze.file('texts.txt', `${recorded.texts.join('\n')}\n`);
  });
  after(() => cloze.dispose());

  for (const wanted of recorded.evaluations) {
    it(`gives Python’s numbers with seed ${wanted.seed}`, async () => {
      const { code, stdout, stderr } = await cloze.run([
        ...['evaluate', '--model', MODEL, '--validation_file', file, '--line_by_line', '--format', 'json'],
        ...['--seed', String(wanted.seed), '--max_seq_length', String(wanted.max_seq_length)],
        ...['--mlm_probability', String(wanted.mlm_probability)],
        ...['--per_device_eval_batch_size', String(wanted.per_device_eval_batch_size)],
      ]);
      assert.equal(code, 0, stderr);
      const found = JSON.parse(stdout) as Evaluation;
      assert.equal(found.masked_tokens, wanted.masked_tokens);
      assert.equal(found.masked_accuracy, wanted.masked_accuracy);
      assert.ok(Math.abs(found.eval_loss / wanted.eval_loss - 1) < 1e-6, String(found.eval_loss));
      assert.ok(Math.abs(found.perplexity / wanted.perplexity - 1) < 1e-5, String(found.perplexity));
    });
  }

  it('says what is wrong in one line', async () => {
    const failed = async (flags: string[], code: number, message: RegExp) => {
      const ended = await cloze.run(['evaluate', '--model', MODEL, ...flags]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
    };
    await failed([], 2, /--validation_file/);
    await failed(['--validation_file', 'missing.txt'], 1, /missing\.txt/);
    await failed(['--validation_file', await cloze.file('a.csv', 'id,body\n1,x\n'), '--text_column', 'b'], 1, /body/);
    await failed(['--validation_file', file, '--max_seq_len', '8'], 2, /Did you mean --max_seq_length/);
  });
});
