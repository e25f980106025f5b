// What the parity tests of all architectures share.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlatBatch } from '../../src/models/types.ts';

export interface ForwardFixture {
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[];
  readonly labels: readonly (readonly number[])[];
  readonly loss: number;
  readonly logits_at_masked: readonly (readonly number[])[];
  /** Row and place in the row of each of these logits. */
  readonly masked_positions: readonly (readonly [row: number, position: number])[];
  readonly grad_norms: Readonly<Record<string, number>>;
  readonly grad_sums: Readonly<Record<string, number>>;
  readonly grad_samples: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

export const fixtureFolder = (model: string): string =>
  join(fileURLToPath(import.meta.url), '../../parity/models', model);

/** The recorded batch, without its padding. */
export function wholeBatch(fixture: ForwardFixture): FlatBatch {
  const ids: number[] = [];
  const lengths: number[] = [];
  const positions: number[] = [];
  const labels: number[] = [];
  for (const row of fixture.input_ids.keys()) {
    const length = fixture.attention_mask[row]?.reduce((total, bit) => total + bit, 0) ?? 0;
    lengths.push(length);
    for (let i = 0; i < length; i++) {
      const label = fixture.labels[row]?.[i] ?? -100;
      if (label !== -100) {
        positions.push(ids.length);
        labels.push(label);
      }
      ids.push(fixture.input_ids[row]?.[i] ?? 0);
    }
  }
  return {
    inputIds: Int32Array.from(ids),
    lengths: Int32Array.from(lengths),
    maskedPositions: Int32Array.from(positions),
    labels: Int32Array.from(labels),
  };
}

/** |actual - expected| <= absolute + relative |expected|, element by element. */
export function assertClose(
  what: string,
  actual: readonly number[],
  expected: readonly number[],
  relative: number,
  absolute: number,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  actual.forEach((value, i) => {
    const wanted = expected[i] as number;
    const off = Math.abs(value - wanted);
    if (!(off <= absolute + relative * Math.abs(wanted))) {
      assert.fail(`${what}[${i}] is ${value}, expected ${wanted} (off by ${off})`);
    }
  });
}
