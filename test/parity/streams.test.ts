// Every number of streams.json, recorded from torch and NumPy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NumpyGenerator } from '../../src/random/numpy-generator.ts';
import { NumpyLegacy } from '../../src/random/numpy-legacy.ts';
import { TorchGenerator } from '../../src/random/torch.ts';

interface Recorded {
  torch: Record<string, Record<string, number[]>>;
  numpy: Record<string, { legacy: Record<string, number[]>; default_rng: Record<string, number[]> }>;
}
const recorded: Recorded = JSON.parse(readFileSync(new URL('./streams.json', import.meta.url), 'utf8'));

function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

for (const [seed, expected] of Object.entries(recorded.torch)) {
  test(`torch, seed ${seed}`, () => {
    const torch = new TorchGenerator(Number(seed));
    assert.deepEqual(
      times(35, () => Number(torch.bernoulli(0.15))),
      expected['bernoulli_.15_(5,7)'],
    );
    assert.deepEqual(
      times(6, () => torch.randint(30522)),
      expected.then_randint_30522_6,
    );
    assert.deepEqual(
      times(4, () => torch.rand()),
      expected.then_rand_4,
    );
    assert.deepEqual([...new TorchGenerator(Number(seed)).randperm(23)], expected.fresh_randperm_23);
  });
}

for (const [seed, expected] of Object.entries(recorded.numpy)) {
  test(`NumPy's global state, seed ${seed}`, () => {
    const legacy = new NumpyLegacy(Number(seed));
    assert.deepEqual(
      times(20, () => legacy.binomial(0.15)),
      expected.legacy['binomial_.15_20'],
    );
    assert.deepEqual(
      times(10, () => legacy.binomial(0.8)),
      expected.legacy['then_binomial_.8_10'],
    );
    assert.deepEqual(
      times(6, () => legacy.randint(30522)),
      expected.legacy.then_randint_30522_6,
    );
    assert.deepEqual([...legacy.permutation(11)], expected.legacy.then_permutation_11);
  });

  test(`NumPy's default_rng, seed ${seed}`, () => {
    const rng = new NumpyGenerator(Number(seed));
    assert.deepEqual(
      times(20, () => rng.binomial(0.15)),
      expected.default_rng['binomial_.15_20'],
    );
    assert.deepEqual(
      times(10, () => rng.binomial(0.8)),
      expected.default_rng['then_binomial_.8_10'],
    );
    assert.deepEqual(
      times(6, () => rng.integers(30522)),
      expected.default_rng.then_integers_30522_6,
    );
  });
}

test('a saved state goes on where it was', () => {
  for (const make of [() => new TorchGenerator(7), () => new NumpyLegacy(7), () => new NumpyGenerator(7)]) {
    const draw = (source: ReturnType<typeof make>) =>
      source instanceof NumpyGenerator
        ? source.integers(1000)
        : source instanceof NumpyLegacy
          ? source.randint(1000)
          : source.randint(1000);
    const source = make();
    times(701, () => draw(source));
    const copy = make();
    copy.state = JSON.parse(JSON.stringify(source.state));
    assert.deepEqual(
      times(50, () => draw(copy)),
      times(50, () => draw(source)),
    );
  }
});
