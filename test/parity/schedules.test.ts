// Learning rates of every schedule, recorded from transformers.get_scheduler (how: see the file's head).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { schedule } from '../../src/train/schedules.ts';

interface Case {
  type: Parameters<typeof schedule>[0]['type'];
  kwargs: Record<string, number>;
  warmup: number;
  total: number;
  peak: number;
  learning_rates: number[];
}
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL('./schedules.json', import.meta.url), 'utf8'));

for (const { type, kwargs, warmup, total, peak, learning_rates } of cases) {
  test(`${type} ${JSON.stringify(kwargs)}, warm-up ${warmup}`, () => {
    const factor = schedule({ type, kwargs, warmupSteps: warmup, totalSteps: total, learningRate: peak });
    for (const [step, expected] of learning_rates.entries()) {
      const actual = peak * factor(step);
      assert.ok(
        Math.abs(actual - expected) <= 1e-12 + 1e-9 * expected,
        `step ${step}: ${actual}, recorded ${expected}`,
      );
    }
  });
}
