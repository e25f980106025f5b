// .safetensors files that lie, and those that are merely unusual.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadMaskedLM } from '../../src/models/load.ts';
import { SafetensorsFile } from '../../src/models/safetensors-read.ts';
import { writeSafetensors } from '../../src/models/safetensors-write.ts';
import { fixtureFolder } from './support.ts';

const folder = await mkdtemp(join(tmpdir(), 'cloze-safetensors-'));
after(() => rm(folder, { recursive: true }));
const path = join(folder, 'x.safetensors');

/** A file of this header (an object, or its very text) and so many bytes of numbers. */
async function file(header: unknown, bytes: number | Uint8Array, claimed?: bigint): Promise<void> {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(Buffer.byteLength(text)));
  await writeFile(
    path,
    Buffer.concat([length, Buffer.from(text), typeof bytes === 'number' ? Buffer.alloc(bytes) : bytes]),
  );
}

const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

const HOSTILE: [string, () => Promise<void>, RegExp][] = [
  ['an empty file', () => writeFile(path, ''), /only 0 bytes/],
  ['a file of three bytes', () => writeFile(path, 'abc'), /only 3 bytes/],
  ['a header longer than the file', () => file({}, 0, 5000n), /claims 5000 bytes, the file has 10/],
  ['a header of 2^63 bytes', () => file({}, 0, 2n ** 63n), /claims 9223372036854775808 bytes/],
  ['a header of nothing', () => file({}, 0, 0n), /claims 0 bytes/],
  ['a web page', () => writeFile(path, '<!DOCTYPE html><html></html>'), /is not a sound safetensors file/],
  ['a header that is not JSON', () => file('{"a":', 0), /not JSON/],
  ['a header that is not UTF-8', () => file('\u00ff', 0, 1n), /claims 1 bytes|not JSON/],
  ['a header that is a list', () => file([], 0), /not an object/],
  ['a tensor without description', () => file({ a: 3 }, 0), /"a" has no description/],
  ['an unknown element type', () => file({ a: { ...f32(0, 4), dtype: 'F3' } }, 4), /element type "F3"/],
  ['a negative size', () => file({ a: f32(0, 4, [-1]) }, 4), /list of sizes/],
  ['a fractional offset', () => file({ a: { ...f32(0, 4), data_offsets: [0, 4.5] } }, 4), /data_offsets/],
  ['sizes that overflow', () => file({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4), /takes 4 bytes/],
  ['fewer bytes than the shape needs', () => file({ a: f32(0, 4, [2]) }, 4), /takes 4 bytes, but F32 \[2\] needs 8/],
  ['an end before its begin', () => file({ a: f32(8, 4, [1]) }, 8), /takes -4 bytes/],
  ['offsets beyond the file', () => file({ a: f32(0, 400) }, 4), /ends 396 bytes early/],
  ['overlapping tensors', () => file({ a: f32(0, 8), b: f32(4, 12) }, 12), /"b" overlaps/],
  ['a hole', () => file({ a: f32(0, 4), b: f32(8, 12) }, 12), /"b" leaves a hole/],
  ['bytes after the last tensor', () => file({ a: f32(0, 4) }, 9), /5 bytes follow/],
  [
    'a tensor named twice, at one place',
    () => file(`{"a":${JSON.stringify(f32(0, 4))},"a":${JSON.stringify(f32(0, 4))}}`, 4),
    /names a tensor twice/,
  ],
  [
    'a header of 300,000 tensors',
    () => file(Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`t${i}`, f32(0, 0, [0])])), 0),
    /names more than 200,000 tensors/,
  ],
  ['metadata that is not text', () => file({ __metadata__: { a: 1 } }, 0), /__metadata__/],
];

for (const [name, write, message] of HOSTILE) {
  test(`refused: ${name}`, async () => {
    await write();
    await assert.rejects(SafetensorsFile.open(path), (error: Error) => {
      assert.match(error.message, message);
      assert.match(error.message, /x\.safetensors/);
      return true;
    });
  });
}

test('a tensor may be named like a property of objects', async () => {
  await file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
  const opened = await SafetensorsFile.open(path);
  assert.deepEqual([...opened.tensors.keys()], ['__proto__']);
  await opened.close();
});

test('halves, bfloat16 and doubles are widened exactly', async () => {
  const bits = [0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x3555];
  const expected = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -2, 65504, Infinity, -Infinity, 0.333251953125];
  const doubles = new Uint8Array(Float64Array.of(1 / 3, -1e300).buffer);
  const brain = new Uint8Array(Uint16Array.of(0x3f80, 0xc2f7, 0x7f80).buffer);
  const halves = new Uint8Array(Uint16Array.from(bits).buffer);
  const end = halves.length + brain.length;
  await file(
    {
      d: { dtype: 'F64', shape: [2], data_offsets: [end, end + 16] },
      h: { dtype: 'F16', shape: [bits.length], data_offsets: [0, halves.length] },
      b: { dtype: 'BF16', shape: [3, 1], data_offsets: [halves.length, end] },
      i: { dtype: 'I64', shape: [0], data_offsets: [end + 16, end + 16] },
    },
    Buffer.concat([halves, brain, doubles]),
  );
  const opened = await SafetensorsFile.open(path);
  const read = async (name: string) => [...(await opened.read(opened.tensors.get(name) as never))];
  assert.deepEqual(await read('h'), expected);
  assert.deepEqual(await read('b'), [1, -123.5, Infinity]);
  assert.deepEqual(await read('d'), [Math.fround(1 / 3), -Infinity]);
  await assert.rejects(read('i'), /element type I64/);
  await opened.close();
});

test('float32 narrows to the nearest half, ties to even', async () => {
  const tiny = 2 ** -24;
  const given = [
    1,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    65519,
    65520,
    -1e9,
    tiny / 2,
    tiny * 0.51,
    2 ** -14 - 2 ** -26,
    0.1,
    NaN,
  ];
  const wanted = [1, 1, 1 + 2 ** -9, 65504, Infinity, -Infinity, 0, tiny, 2 ** -14, 0.0999755859375, NaN];
  await writeSafetensors(path, [{ name: 'a', shape: [given.length], data: Float32Array.from(given) }], 'float16');
  const opened = await SafetensorsFile.open(path);
  assert.deepEqual([...(await opened.read(opened.tensors.get('a') as never))], wanted);
  await opened.close();
});

test('a folder of shards loads as the whole file does; a missing shard is named', async () => {
  const model = join(folder, 'sharded');
  await cp(fixtureFolder('bert'), model, { recursive: true });
  const whole = await loadMaskedLM(model, { train: false });
  const tensors = whole.parameters.map(({ name, shape, data }) => ({ name, shape, data }));
  await rm(join(model, 'model.safetensors'));
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  await writeSafetensors(join(model, names[0] as string), tensors.slice(0, 20), 'float32');
  await writeSafetensors(join(model, names[1] as string), tensors.slice(20), 'float32');
  const weight_map = Object.fromEntries(tensors.map(({ name }, i) => [name, names[i < 20 ? 0 : 1]]));
  const index = join(model, 'model.safetensors.index.json');
  await writeFile(index, JSON.stringify({ metadata: {}, weight_map }));
  const sharded = await loadMaskedLM(model, { train: false });
  assert.deepEqual(sharded.parameters, whole.parameters);
  await rm(join(model, names[1] as string));
  await assert.rejects(loadMaskedLM(model, { train: false }), /model-00002-of-00002\.safetensors cannot be opened/);
  await writeFile(index, JSON.stringify({ weight_map: { a: '../../secret.safetensors' } }));
  await assert.rejects(loadMaskedLM(model, { train: false }), /names no files beside it/);
});

async function broken(change: (model: string) => Promise<void>): Promise<string> {
  const model = await mkdtemp(join(folder, 'broken-'));
  await cp(fixtureFolder('bert'), model, { recursive: true });
  await change(model);
  return model;
}

const edit = (changes: object) => async (model: string) => {
  const config = join(model, 'config.json');
  await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), ...changes }));
};

test('model folders that cannot be used say why and what to do', async () => {
  const refused = async (change: (model: string) => Promise<void>, code: string, message: RegExp) => {
    await assert.rejects(
      loadMaskedLM(await broken(change), { train: false }),
      (error: Error & { code?: string; wayOut?: string }) => {
        assert.match(`${error.message} ${error.wayOut}`, message);
        assert.equal(error.code, code);
        return true;
      },
    );
  };
  await refused((m) => rm(join(m, 'config.json')), 'not-found', /no config\.json/);
  await refused((m) => writeFile(join(m, 'config.json'), '{'), 'bad-input', /config\.json is not JSON/);
  await refused(edit({ model_type: 't5' }), 'unsupported', /model_type "t5".*Cloze knows bert/);
  await refused(edit({ hidden_size: '48' }), 'bad-input', /hidden_size is "48"; expected a whole number/);
  await refused(edit({ num_attention_heads: 5 }), 'bad-input', /divisor of the hidden size \(48\)/);
  await refused(edit({ hidden_dropout_prob: 1 }), 'bad-input', /hidden_dropout_prob is 1/);
  await refused(edit({ hidden_size: 96 }), 'bad-input', /is \[48\]; config\.json makes it \[96\]/);
  await refused(edit({ num_hidden_layers: 4 }), 'bad-input', /lack bert\.encoder\.layer\.3.* and \d+ more/);
  await refused(
    (m) => rename(join(m, 'model.safetensors'), join(m, 'pytorch_model.bin')),
    'unsupported',
    /only as pytorch_model\.bin.*convert it once in Python/,
  );
  await refused((m) => rm(join(m, 'model.safetensors')), 'not-found', /holds no model\.safetensors/);
});

test('an unknown activation is refused before training starts', async () => {
  await assert.rejects(
    loadMaskedLM(await broken(edit({ hidden_act: 'snake' })), { train: false }),
    /hidden_act is "snake"; expected one of gelu/,
  );
});

test('names of older files are understood, copies of tied weights and pooler are passed over', async () => {
  const model = await broken(async () => {});
  const before = await loadMaskedLM(model, { train: false });
  const tensors = before.parameters.map(({ name, shape, data }) => ({
    name: name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
    shape,
    data,
  }));
  const spare = (name: string, ...shape: number[]) => ({
    name,
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  tensors.push(
    spare('cls.predictions.decoder.weight', 800, 48),
    spare('cls.predictions.decoder.bias', 800),
    spare('bert.pooler.dense.weight', 48, 48),
    spare('cls.seq_relationship.bias', 2),
    spare('adapter.weight', 3),
  );
  await writeSafetensors(join(model, 'model.safetensors'), tensors, 'float32');
  const after = await loadMaskedLM(model, { train: false });
  assert.deepEqual(after.parameters, before.parameters);
  assert.deepEqual(before.notes, []);
  assert.deepEqual(after.notes, ['Tensors that the model does not use: adapter.weight.']);
});
