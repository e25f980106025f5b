// Dropout masks: the right share, independent of batch and padding, different everywhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropoutMask } from '../../src/models/dropout.ts';
import type { Layout } from '../../src/models/layout.ts';
import type { DropoutSite } from '../../src/models/network.ts';

const layout = (lengths: readonly number[], masked: readonly number[]): [Layout, Int32Array] => [
  {
    rows: lengths.length,
    tokens: lengths.reduce((a, b) => a + b, 0),
    masked: masked.reduce((a, b) => a + b, 0),
    length: Math.max(...lengths),
    queries: Math.max(...masked),
    maskedLengths: Int32Array.from(masked),
  } as Layout,
  Int32Array.from(lengths),
];
const site = (kind: DropoutSite['kind'], width: number, p = 0.1): DropoutSite => ({ input: 'm', p, kind, width });
const key = { seed: 42, step: 7, firstExample: 3 };

test('a share p is dropped, the rest scaled to keep the mean; neighbours are independent', () => {
  for (const p of [0.1, 0.5, 0.013]) {
    const { data, shape } = dropoutMask(site('tokens', 256, p), 0, key, ...layout([500, 300], [1, 1]));
    assert.deepEqual(shape, [800, 256]);
    const n = data.length;
    const dropped = data.filter((value) => value === 0).length;
    // five standard deviations of a binomial
    const spread = 5 * Math.sqrt(n * p * (1 - p));
    assert.ok(Math.abs(dropped - n * p) < spread, `${dropped} of ${n}`);
    assert.ok(data.every((value) => value === 0 || value === Math.fround(1 / (1 - p))));
    for (const lag of [1, 2, 256]) {
      let both = 0;
      for (let i = lag; i < n; i++) if (data[i] === 0 && data[i - lag] === 0) both++;
      assert.ok(Math.abs(both - n * p * p) < 5 * Math.sqrt(n * p * p) + 5, `lag ${lag}: ${both}`);
    }
  }
});

test('a row has the same mask whatever lies beside it', () => {
  const width = 4;
  const together = dropoutMask(site('attention', width, 0.3), 2, key, ...layout([3, 6], [1, 2]));
  const alone = dropoutMask(site('attention', width, 0.3), 2, { ...key, firstExample: 4 }, ...layout([6], [2]));
  assert.deepEqual([...together.data.subarray(width * 36)], [...alone.data]);
  const short = dropoutMask(site('attention', width, 0.3), 2, key, ...layout([3], [1]));
  for (let head = 0; head < width; head++) {
    for (let query = 0; query < 3; query++) {
      const padded = (head * 6 + query) * 6;
      const tight = (head * 3 + query) * 3;
      assert.deepEqual([...together.data.subarray(padded, padded + 3)], [...short.data.subarray(tight, tight + 3)]);
    }
  }
  const masked = dropoutMask(site('masked', 5, 0.3), 2, key, ...layout([3, 6], [1, 2]));
  const second = dropoutMask(site('masked', 5, 0.3), 2, { ...key, firstExample: 4 }, ...layout([6], [2]));
  assert.deepEqual([...masked.data.subarray(5)], [...second.data]);
});

test('seed, step, site and example each give another mask', () => {
  const mask = (index: number, other: object) =>
    dropoutMask(site('tokens', 64, 0.5), index, { ...key, ...other }, ...layout([40], [1])).data;
  const base = mask(0, {});
  for (const other of [mask(1, {}), mask(0, { seed: 43 }), mask(0, { step: 8 }), mask(0, { firstExample: 2 })]) {
    const equal = other.filter((value, i) => value === base[i]).length / base.length;
    assert.ok(Math.abs(equal - 0.5) < 0.05, `${equal} equal`);
  }
});
