// Checks gradients against central differences, in real sessions, with shapes known beforehand and not.
import assert from 'node:assert/strict';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import type { DataType, Graph, Shape } from '../../src/onnx/graph.ts';
import { Session, type Tensor } from '../../src/session/session.ts';

export interface Case {
  /** Shapes of the inputs that are differentiated. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Writes the graph; returns the values to differentiate. */
  readonly write: (build: GraphBuilder, dtype: DataType) => string | readonly string[];
  /** float64 unless ONNX Runtime lacks a kernel for it. */
  readonly dtype?: 'float64' | 'float32';
  /** Turns a number between -1 and 1 into one that the operator takes. */
  readonly from?: (uniform: number) => number;
  /** Sizes of the inputs are written as names, or as nothing at all, too; false where the operator needs them. */
  readonly symbolic?: boolean;
}

/**
 * Every element's gradient of Σ w·y, w random, against (f(x+δ) - f(x-δ)) / 2δ.
 * float64: δ 1e-5, relative 1e-6. float32: along a random direction, δ 1e-3, relative 1.5e-2 (ONNX Runtime's own).
 */
export async function checkGradients(spec: Case): Promise<void> {
  const styles: Style[] = spec.symbolic === false ? ['known'] : ['known', 'named', 'unknown'];
  for (const style of styles) await checkStyle(spec, style);
}

type Style = 'known' | 'named' | 'unknown';

async function checkStyle(spec: Case, style: Style): Promise<void> {
  const dtype = spec.dtype ?? 'float64';
  const random = uniforms(7);
  const { graph, loss } = writeLoss(spec, dtype, style, random);
  const names = Object.keys(spec.inputs);
  const { graph: whole, gradients } = differentiate(graph, { loss, wrt: names });
  const build = new GraphBuilder(whole);
  for (const name of names) build.output(gradients.get(name) as string);
  const values = new Map(
    names.map((name) => {
      const size = (spec.inputs[name] as readonly number[]).reduce((product, n) => product * n, 1);
      return [name, Array.from({ length: size }, () => (spec.from ?? ((x) => 2 * x))(2 * random() - 1))];
    }),
  );
  const session = await Session.create(build.build(), { threads: 1 });
  try {
    const feeds = () => Object.fromEntries(names.map((name) => [name, tensor(dtype, values, name, spec)]));
    const at = async () => Number((await session.run(feeds(), { [loss]: null }))[loss]?.data[0]);
    const result = await session.run(feeds());
    const found = names.map((name) => {
      const gradient = result[gradients.get(name) as string] as Tensor;
      assert.deepEqual(
        [...gradient.shape],
        [...(spec.inputs[name] ?? [])],
        `shape of the gradient of ${name} (${style})`,
      );
      return [...(gradient.data as Float64Array)];
    });
    if (dtype === 'float64') await everyElement(names, values, found, at, style);
    else await randomDirections(names, values, found, at, random, style);
  } finally {
    await session.release();
  }
}

async function everyElement(
  names: readonly string[],
  values: ReadonlyMap<string, number[]>,
  found: readonly (readonly number[])[],
  at: () => Promise<number>,
  style: Style,
): Promise<void> {
  const step = 1e-5;
  for (const [n, name] of names.entries()) {
    const list = values.get(name) as number[];
    for (let i = 0; i < list.length; i++) {
      const kept = list[i] as number;
      list[i] = kept + step;
      const above = await at();
      list[i] = kept - step;
      const below = await at();
      list[i] = kept;
      close(found[n]?.[i] as number, (above - below) / (2 * step), 1e-6, 1e-6, `${name}[${i}] (${style})`);
    }
  }
}

async function randomDirections(
  names: readonly string[],
  values: ReadonlyMap<string, number[]>,
  found: readonly (readonly number[])[],
  at: () => Promise<number>,
  random: () => number,
  style: Style,
): Promise<void> {
  const step = 1e-3;
  for (const [n, name] of names.entries()) {
    const list = values.get(name) as number[];
    const kept = [...list];
    for (let trial = 0; trial < 4; trial++) {
      const direction = kept.map(() => 2 * random() - 1);
      const move = (by: number) => {
        for (const [i, value] of kept.entries()) list[i] = value + by * (direction[i] as number);
      };
      move(step);
      const above = await at();
      move(-step);
      const below = await at();
      move(0);
      const slope = direction.reduce((total, d, i) => total + d * (found[n]?.[i] as number), 0);
      const size = Math.hypot(...(found[n] ?? []));
      close(
        slope,
        (above - below) / (2 * step),
        1.5e-2,
        1.5e-2 * Math.max(size, 0.1),
        `${name}, direction ${trial} (${style})`,
      );
    }
  }
}

function close(actual: number, expected: number, relative: number, absolute: number, what: string): void {
  const off = Math.abs(actual - expected);
  assert.ok(
    off <= absolute + relative * Math.abs(expected),
    `${what}: gradient ${actual}, differences say ${expected}`,
  );
}

function writeLoss(spec: Case, dtype: DataType, style: Style, random: () => number): { graph: Graph; loss: string } {
  const build = new GraphBuilder();
  for (const [name, shape] of Object.entries(spec.inputs)) build.input(name, dtype, styled(shape, style, name));
  const written = spec.write(build, dtype);
  const terms = (typeof written === 'string' ? [written] : written).map((value, i) => {
    // a weight an element of the flat output, whatever its length
    const flat = build.op('Reshape', [value, build.int64s([-1])]);
    const weights = build.constant(
      dtype,
      [64],
      Array.from({ length: 64 }, () => random() + 0.1 * (i + 1)),
    );
    const count = build.op('Shape', [flat]);
    const repeats = build.op('Tile', [weights, build.int64s([40])], {}, { shape: [null] });
    const some = build.op('Slice', [repeats, build.int64s([0]), count, build.int64s([0])]);
    return build.op('ReduceSum', [build.op('Mul', [flat, some])], { keepdims: 0 });
  });
  const loss = terms.reduce((total, term) => build.op('Add', [total, term]));
  build.output(loss);
  return { graph: build.build(), loss };
}

function styled(shape: readonly number[], style: Style, name: string): Shape {
  if (style === 'known') return shape;
  // sizes of 1 keep their number half of the time: broadcasting has to cope with both
  return shape.map((size, i) => (style === 'unknown' ? null : size === 1 ? 1 : `${name}${i}`));
}

function tensor(dtype: DataType, values: ReadonlyMap<string, number[]>, name: string, spec: Case): Tensor {
  const list = values.get(name) as number[];
  const data = dtype === 'float64' ? Float64Array.from(list) : Float32Array.from(list);
  return { data, shape: spec.inputs[name] as readonly number[] };
}

/** A small generator of numbers in 0..1 (mulberry32). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
