// The words of a forward pass over padded rows, every position kept: the graph that other programs run.
import type { GraphBuilder } from '../../onnx/builder.ts';
import { NEVER } from '../layout.ts';
import type { AttentionInputs, AttentionOptions } from '../network.ts';
import type { Numbering } from '../positions.ts';
import { frequencies } from '../rotary.ts';
import type { Words } from '../words.ts';
import type { StoredWeights } from './stored-weights.ts';

export interface PaddedOptions {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly positions: Numbering;
  readonly oneTokenType?: true;
}

/** ONNX's numbers of element types, for Cast. */
const TO = { float32: 1, int64: 7, bool: 9 } as const;

/** Values are [batch_size, sequence_length, width]. */
export class PaddedNetwork implements Words {
  /** What is computed once and read by several layers. */
  private readonly shared = new Map<string, string>();
  private readonly size: number;

  constructor(
    readonly build: GraphBuilder,
    private readonly options: PaddedOptions,
    private readonly weights: StoredWeights,
  ) {
    this.size = options.hiddenSize / options.heads;
    this.input('input_ids');
    this.input('attention_mask');
  }

  lookup(parameter: string, ids: 'input_ids' | 'position_ids' | 'token_type_ids'): string {
    if (ids === 'position_ids') return this.weights.rows(parameter, this.positions());
    if (ids === 'token_type_ids' && this.options.oneTokenType) {
      return this.weights.rows(parameter, this.build.scalar(0, 'int64'));
    }
    return this.weights.rows(parameter, this.input(ids));
  }

  linear(x: string, prefix: string): string {
    const product = this.weights.product(x, `${prefix}.weight`);
    const bias = `${prefix}.bias`;
    return this.weights.has(bias) ? this.add(product, this.weights.plain(bias)) : product;
  }

  layerNorm(x: string, prefix: string, epsilon: number): string {
    const names = [`${prefix}.weight`, `${prefix}.bias`].filter((name) => this.weights.has(name));
    const inputs = [x, ...names.map((name) => this.weights.plain(name))];
    return this.build.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
  }

  split(x: string, parts: number): readonly string[] {
    return this.build.ops('Split', [x], { axis: -1 }, { outputs: parts });
  }

  add(...terms: readonly string[]): string {
    return terms.reduce((sum, term) => this.build.op('Add', [sum, term]));
  }

  atMasked(x: string): string {
    return x;
  }

  dropout(x: string): string {
    return x;
  }

  attention({ q, k, v }: AttentionInputs, { window }: AttentionOptions): string {
    const { build, size } = this;
    const keys = this.byHead(k, [0, 2, 3, 1]);
    const scores = build.op('MatMul', [this.byHead(q, [0, 2, 1, 3]), keys]);
    const scaled = build.op('Div', [scores, build.scalar(Math.sqrt(size))]);
    const weights = build.op('Softmax', [this.add(scaled, this.bias(window))], { axis: -1 });
    const context = build.op('MatMul', [weights, this.byHead(v, [0, 2, 1, 3])]);
    return this.joined(build.op('Transpose', [context], { perm: [0, 2, 1, 3] }));
  }

  rotate(x: string, _at: 'tokens' | 'masked', theta: number): string {
    const { build } = this;
    const cos = this.once(`cos ${theta}`, () => build.op('Cos', [this.angles(theta)]));
    const sin = this.once(`sin ${theta}`, () => build.op('Sin', [this.angles(theta)]));
    const [left, right] = this.split(this.heads(x), 2) as [string, string];
    const times = (a: string, b: string) => build.op('Mul', [a, b]);
    const turned = [
      build.op('Sub', [times(left, cos), times(right, sin)]),
      build.op('Add', [times(right, cos), times(left, sin)]),
    ];
    return this.joined(build.op('Concat', turned, { axis: -1 }));
  }

  /** [batch, length, hidden] -> [batch, length, heads, head size] */
  private heads(x: string): string {
    const { build, size, options } = this;
    return build.op('Reshape', [x, build.int64s([0, 0, options.heads, size])]);
  }

  private byHead(x: string, perm: readonly number[]): string {
    return this.build.op('Transpose', [this.heads(x)], { perm });
  }

  /** [batch, length, heads, head size] -> [batch, length, hidden] */
  private joined(x: string): string {
    return this.build.op('Reshape', [x, this.build.int64s([0, 0, this.options.hiddenSize])]);
  }

  private input(name: 'input_ids' | 'attention_mask' | 'token_type_ids'): string {
    return this.once(name, () => this.build.input(name, 'int64', ['batch_size', 'sequence_length']));
  }

  /** 0, 1, 2 … [length] */
  private places(): string {
    return this.once('places', () => {
      const { build } = this;
      const length = build.op('Squeeze', [build.op('Shape', [this.input('input_ids')], { start: 1, end: 2 })]);
      return build.op('Range', [build.scalar(0, 'int64'), length, build.scalar(1, 'int64')]);
    });
  }

  /** Ids of positions. [length], or [batch, length] where padding is not counted. */
  private positions(): string {
    const numbering = this.options.positions;
    if (numbering === 'from zero') return this.places();
    return this.once('positions', () => {
      const { build } = this;
      const pad = build.scalar(numbering.afterPadding, 'int64');
      const counts = build.op('Not', [build.op('Equal', [this.input('input_ids'), pad])]);
      const ones = build.op('Cast', [counts], { to: TO.int64 });
      const count = build.op('CumSum', [ones, build.scalar(1, 'int64')]);
      return this.add(build.op('Mul', [count, ones]), pad);
    });
  }

  /** Radians of each position's pairs. [length, 1, head size / 2] */
  private angles(theta: number): string {
    return this.once(`angles ${theta}`, () => {
      const { build, size } = this;
      const steps = build.constant('float32', [size / 2], [...frequencies(theta, size)]);
      const places = build.op('Cast', [this.places()], { to: TO.float32 });
      return build.op('Mul', [build.op('Unsqueeze', [places, build.int64s([1, 2])]), steps]);
    });
  }

  /** 0 at keys that are seen, a very negative number elsewhere. [batch, 1, 1 or length, length] */
  private bias(window: number | undefined): string {
    return this.once(`bias ${window}`, () => {
      const { build } = this;
      const real = this.once('real', () => {
        const bits = build.op('Cast', [this.input('attention_mask')], { to: TO.bool });
        return build.op('Unsqueeze', [bits, build.int64s([1, 2])]);
      });
      // both at once: two sums of very negative numbers would be infinite where float16 is computed in
      const seen = window === undefined ? real : build.op('And', [real, this.near(window)]);
      return build.op('Where', [seen, build.scalar(0), build.scalar(NEVER)]);
    });
  }

  /** Whether query and key are at most `window` tokens apart. [length, length] */
  private near(window: number): string {
    const { build } = this;
    const across = (axis: number) => build.op('Unsqueeze', [this.places(), build.int64s([axis])]);
    const apart = build.op('Abs', [build.op('Sub', [across(1), across(0)])]);
    return build.op('LessOrEqual', [apart, build.scalar(window, 'int64')]);
  }

  private once(what: string, write: () => string): string {
    let name = this.shared.get(what);
    if (name === undefined) {
      name = write();
      this.shared.set(what, name);
    }
    return name;
  }
}
