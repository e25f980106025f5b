// Floating-point operations that a training step of BERT needs, and what this machine reaches at best.

import type { FlatBatch } from '../src/models/types.ts';
import { GraphBuilder } from '../src/onnx/builder.ts';
import { Session } from '../src/session/session.ts';

export interface ModelSize {
  readonly layers: number;
  readonly hidden: number;
  readonly vocab: number;
}

/**
 * Of the matrix products alone, forward and backward (twice forward), two a multiply-add. After the last layer's
 * attention only masked tokens go on.
 */
export function stepFlops({ layers, hidden, vocab }: ModelSize, batch: FlatBatch): number {
  const tokens = batch.inputIds.length;
  const masked = batch.labels.length;
  const pairs = batch.lengths.reduce((sum, size) => sum + size * size, 0);
  const maskedPairs = (pairs * masked) / tokens;
  const square = hidden * hidden;
  const whole = (layers - 1) * (12 * square * tokens + 2 * hidden * pairs);
  const last = square * (2 * tokens + 10 * masked) + 2 * hidden * maskedPairs;
  const head = masked * (square + hidden * vocab);
  return 3 * 2 * (whole + last + head);
}

/** Operations a second of a product of two square matrices in float32. The best of five. */
export async function measurePeak(threads?: number): Promise<number> {
  const size = 2048;
  const build = new GraphBuilder();
  const [a, b] = ['a', 'b'].map((name) => build.input(name, 'float32', [size, size])) as [string, string];
  build.output(build.op('Gemm', [a, b]));
  const session = await Session.create(build.build(), { threads });
  const matrix = () => ({ data: new Float32Array(size * size).fill(0.5), shape: [size, size] });
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, matrix()]));
  const into = Object.fromEntries(session.outputNames.map((name) => [name, matrix()]));
  let best = 0;
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    await session.run(feeds, into);
    if (i > 0) best = Math.max(best, (2 * size ** 3) / ((performance.now() - start) / 1000));
  }
  await session.release();
  return best;
}
