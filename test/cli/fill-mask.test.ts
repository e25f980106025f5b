// cloze fill-mask as a process: Python's pipeline output, and its errors.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { loadMaskedLM } from '../../src/models/load.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { fixtureFolder } from '../models/support.ts';

const folder = fixtureFolder('bert');
const run = (...flags: string[]) =>
  promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    'src/cli/main.ts',
    'fill-mask',
    '--model',
    folder,
    ...flags,
  ]);

interface Guess {
  readonly score: number;
  readonly token: number;
  readonly token_str: string;
  readonly sequence: string;
}

test('one mask gives a list, best first, with the loss that evaluation gives each guess', async () => {
  const { stdout } = await run('--text', 'the file is [MASK] in it.', '--format', 'json', '--top_k', '4');
  const guesses = JSON.parse(stdout) as Guess[];
  assert.equal(guesses.length, 4);
  assert.deepEqual(
    guesses.map(({ score }) => score),
    guesses.map(({ score }) => score).toSorted((a, b) => b - a),
  );
  const tokenizer = await loadTokenizer(folder);
  const model = await loadMaskedLM(folder, { train: false });
  const { ids } = await tokenizer.encode('the file is [MASK] in it.');
  for (const { score, token, token_str, sequence } of guesses) {
    const { lossSum } = await model.evaluate({
      inputIds: Int32Array.from(ids),
      lengths: Int32Array.of(ids.length),
      maskedPositions: Int32Array.of(ids.indexOf(tokenizer.mask?.id ?? -1)),
      labels: Int32Array.of(token),
    });
    assert.ok(Math.abs(Math.log(score) + lossSum) < 1e-5);
    assert.equal(token_str, await tokenizer.decode([token]));
    assert.doesNotMatch(sequence, /\[(CLS|SEP|MASK)\]/);
  }
  await model.release();
});

test('several masks give a list of lists, whose sequences keep the other masks', async () => {
  const { stdout } = await run('--text', 'the [MASK] is [MASK].', '--format', 'json', '--top-k', '2');
  const lists = JSON.parse(stdout) as Guess[][];
  assert.deepEqual(
    lists.map((list) => list.length),
    [2, 2],
  );
  for (const { sequence } of lists.flat()) assert.match(sequence, /^\[CLS\].*\[MASK\].*\[SEP\]$/);
});

test('no mask, a wrong number and a missing text are told plainly', async () => {
  const failed = async (flags: string[], code: number, message: RegExp) => {
    await assert.rejects(run(...flags), (error: Error & { code?: number; stderr?: string }) => {
      assert.equal(error.code, code);
      assert.match(error.stderr ?? '', message);
      return true;
    });
  };
  await failed(['--text', 'nothing hidden'], 1, /has no \[MASK\]: "nothing hidden"\. Write \[MASK\]/);
  await failed(['--text', 'a [MASK]', '--top_k', 'many'], 1, /--top_k is a whole number, not "many"/);
  await failed(['--text', `[MASK]${' the'.repeat(80)}`], 1, /model reads 64 at most/);
  await failed([], 2, /--text/);
});

test('--attention gives each head’s rows, which add up to 1', async () => {
  const { stdout } = await run('--text', 'the file is here.', '--attention', '--format', 'json');
  const { tokens, attentions } = JSON.parse(stdout) as { tokens: string[]; attentions: number[][][][] };
  assert.deepEqual([attentions.length, attentions[0]?.length], [3, 4]);
  for (const row of attentions.flat(2)) {
    assert.equal(row.length, tokens.length);
    assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
  }
  assert.match((await run('--text', 'the file is here.', '--attention')).stdout, /^layer 1, percent, mean of 4 heads/);
});
