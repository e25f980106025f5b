// cloze mask as a process: Python's recorded batches, the book's sentence, every format, and its errors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { CommandLine } from './support.ts';

interface Recorded {
  readonly mode: string;
  readonly seed: number;
  readonly mlm_probability: number;
  readonly mask_replace_prob: number;
  readonly random_replace_prob: number;
  readonly pad_to_multiple_of: number | null;
  readonly return_special_tokens_mask: boolean;
  readonly max_length: number;
  readonly texts: readonly string[];
  readonly outputs: readonly { input_ids: number[][]; labels: number[][]; attention_mask: number[][] }[];
}
const cases: Recorded[] = JSON.parse(readFileSync('test/parity/collator/cases.json', 'utf8'));
const STREAMS: Record<string, string> = {
  'torch-global': 'torch',
  'numpy-global': 'numpy',
  'numpy-seeded': 'numpy-seeded',
};
const SENTENCE = ['--text', 'transformers are awesome!', '--stream', 'numpy', '--seed', '3'];

describe('cloze mask', () => {
  let cloze: CommandLine;
  before(async () => {
    cloze = await CommandLine.inFolder();
  });
  after(() => cloze.dispose());

  for (const [mode, stream] of Object.entries(STREAMS)) {
    it(`masks the lines of a file as the collator does in Python: ${stream}`, async () => {
      const wanted = cases.find((one) => one.mode === mode && one.texts.every((text) => !/[\r\n]/.test(text)));
      assert.ok(wanted);
      const file = await cloze.file(`${mode}.txt`, `${wanted.texts.join('\n')}\n`);
      const { code, stdout, stderr } = await cloze.run([
        ...['mask', '--model', 'test/parity/collator/tokenizer', '--file', file, '--format', 'json'],
        ...['--stream', stream, '--seed', String(wanted.seed), '--calls', String(wanted.outputs.length)],
        ...['--mlm_probability', String(wanted.mlm_probability), '--max-seq-length', String(wanted.max_length)],
        ...['--mask_replace_prob', String(wanted.mask_replace_prob)],
        ...['--random_replace_prob', String(wanted.random_replace_prob)],
        ...(wanted.pad_to_multiple_of === null ? [] : ['--pad_to_multiple_of', String(wanted.pad_to_multiple_of)]),
        ...(wanted.return_special_tokens_mask ? ['--return_special_tokens_mask'] : []),
      ]);
      assert.equal(code, 0, stderr);
      const calls = JSON.parse(stdout) as Recorded['outputs'];
      assert.deepEqual(
        calls.map(({ input_ids, labels, attention_mask }) => ({ input_ids, labels, attention_mask })),
        wanted.outputs.map(({ input_ids, labels, attention_mask }) => ({ input_ids, labels, attention_mask })),
      );
    });
  }

  it('shows the book’s sentence with the bundled model', async () => {
    const { stdout } = await cloze.run(['mask', ...SENTENCE, '--format', 'json']);
    const [call] = JSON.parse(stdout);
    assert.deepEqual(call.original_input_ids, [[101, 19081, 2024, 12476, 999, 102]]);
    assert.deepEqual(call.input_ids, [[101, 19081, 2024, 12476, 103, 102]]);
    assert.deepEqual(call.labels, [[-100, -100, -100, -100, 999, -100]]);
    assert.deepEqual(call.tokens, [['[CLS]', 'transformers', 'are', 'awesome', '!', '[SEP]']]);
    assert.deepEqual(call.masked_tokens, [['[CLS]', 'transformers', 'are', 'awesome', '[MASK]', '[SEP]']]);
    assert.deepEqual(call.fates, [['special', 'kept', 'kept', 'kept', 'masked', 'special']]);
  });

  it('draws the same table for people, Markdown and spreadsheets', async () => {
    const rows = ['Original tokens', 'Masked tokens', 'Original input_ids', 'Masked input_ids', 'Labels'];
    const [table, markdown, csv] = await Promise.all(
      ['table', 'markdown', 'csv'].map((format) => cloze.run(['mask', ...SENTENCE, '--format', format])),
    );
    for (const name of rows) {
      assert.match(table?.stdout ?? '', new RegExp(name));
      assert.match(markdown?.stdout ?? '', new RegExp(`^\\| (\\*\\*)?${name}`, 'm'));
      assert.match(csv?.stdout ?? '', new RegExp(`^${name},`, 'm'));
    }
    assert.match(csv?.stdout ?? '', /^Labels,-100,-100,-100,-100,999,-100\r?$/m);
  });

  it('says what is wrong in one line, and suggests the right flag', async () => {
    const failed = async (flags: string[], code: number, message: RegExp) => {
      const ended = await cloze.run(['mask', ...flags]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      assert.equal(ended.stdout, '');
    };
    await failed(['--text', 'a', '--mlm_probabilty', '0.2'], 2, /Did you mean --mlm_probability/);
    await failed([], 1, /either --text or --file/);
    await failed(['--text', 'a', '--model', 'no/such'], 1, /no\/such/);
    await failed(['--text', 'a', '--mlm_probability', '2'], 1, /mlm_probability/);
    await failed(['--text', 'a', '--stream', 'jax'], 1, /torch, numpy, numpy-seeded/);
    await failed(['--file', await cloze.file('empty.txt', '')], 1, /is empty/);
    await failed(['--file', 'missing.txt'], 1, /missing\.txt/);
  });
});
