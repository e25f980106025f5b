// cloze data, model and compare as processes: JSON for programs, a table for people, one line for what is wrong.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CommandLine, MODEL } from './support.ts';

describe('the inspectors on the command line', () => {
  let cloze: CommandLine;
  before(async () => {
    cloze = await CommandLine.inFolder();
  });
  after(() => cloze.dispose());

  it('data: figures as JSON, files also by their names in training', async () => {
    const train = await cloze.file('train.jsonl', '{"text": "one index"}\n{"text": "two"}\nno\n');
    const validation = await cloze.file('validation.jsonl', '{"text": "two"}\n');
    const flags = ['--train_file', train, '--validation_file', validation, '--model', MODEL, '--max_seq_length', '3'];
    const ended = await cloze.run(['data', ...flags, '--format', 'json']);
    assert.equal(ended.code, 0, ended.stderr);
    const report = JSON.parse(ended.stdout);
    assert.deepEqual([report.rows, report.leaks, report.bad_rows.length], [3, 1, 1]);
    assert.deepEqual([report.bad_rows[0].file, report.bad_rows[0].line, report.bad_rows[0].byte], [train, 3, 38]);
    assert.ok(report.tokens.truncated_rows >= 1);
    const table = await cloze.run(['data', train]);
    assert.match(table.stdout, /^rows +2\nbad rows +1\n/);
    assert.match(table.stdout, /line 3, byte 38: not JSON/);
  });

  it('model: architecture, parameters and tensors', async () => {
    const ended = await cloze.run(['model', MODEL, '--format', 'json']);
    assert.equal(ended.code, 0, ended.stderr);
    const report = JSON.parse(ended.stdout);
    assert.deepEqual([report.model_type, report.tied, report.problems], ['bert', true, []]);
    const keys = ['name', 'shape', 'dtype', 'min', 'max', 'mean', 'std', 'zeros', 'nan', 'inf'];
    for (const tensor of report.tensors) for (const key of keys) assert.ok(key in tensor, key);
    assert.match((await cloze.run(['model', 'bundled'])).stdout, /It can predict and train here\./);
  });

  it('compare: nothing moved between a model and itself', async () => {
    const ended = await cloze.run(['compare', MODEL, MODEL, '--format', 'json']);
    assert.equal(ended.code, 0, ended.stderr);
    const { tensors, config } = JSON.parse(ended.stdout) as { tensors: { relative_change: number }[]; config: [] };
    assert.ok(tensors.length > 10 && tensors.every(({ relative_change }) => relative_change === 0));
    assert.deepEqual(config, []);
  });

  it('a bad file is one clear line and exit status 1, never a stack', async () => {
    const header = (json: string, length = json.length) => {
      const first = Buffer.alloc(8);
      first.writeBigUInt64LE(BigInt(length));
      return Buffer.concat([first, Buffer.from(json)]).toString('latin1');
    };
    const folder = join(cloze.folder, 'empty');
    await mkdir(folder);
    const hostile: [command: string, path: string][] = [
      ['model', await cloze.file('empty.safetensors', '')],
      ['model', await cloze.file('short.safetensors', 'abc')],
      ['model', await cloze.file('huge.safetensors', header('{}', 2 ** 40))],
      ['model', await cloze.file('json.safetensors', header('{"a": '))],
      ['model', await cloze.file('far.safetensors', header('{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}'))],
      ['model', await cloze.file('noise.onnx', 'this is no protobuf at all')],
      ['model', folder],
      ['model', join(cloze.folder, 'nothing')],
      ['compare', await cloze.file('other.safetensors', 'x')],
      ['data', await cloze.file('noise.parquet', 'PAR1 and no more')],
      ['data', await cloze.file('broken.json', '[{"text": "a"}, {')],
      ['data', await cloze.file('utf16.txt', '\u00ff\u00fea\0b\0')],
      ['data', await cloze.file('broken.jsonl.gz', 'no gzip')],
      ['data', folder],
    ];
    for (const [command, path] of hostile) {
      const args = command === 'compare' ? [command, MODEL, path] : [command, path];
      const { code, stdout, stderr } = await cloze.run(args);
      assert.equal(code, 1, `${path}: ${stdout}${stderr}`);
      assert.equal(stderr.trim().split('\n').length, 1, `${path}: ${stderr}`);
      assert.match(stderr, new RegExp(`^cloze ${command}: .*[.)]`), path);
      assert.doesNotMatch(stderr, /\bat .*:\d+:\d+/, path);
    }
  });
});
