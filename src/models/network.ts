// The words in which architectures write their forward pass: layers over a flat list of tokens without padding.
import { ClozeError } from '../base/errors.ts';
import type { GraphBuilder } from '../onnx/builder.ts';
import type { Shape } from '../onnx/graph.ts';
import { declareInputs, type LayoutInputs } from './layout-inputs.ts';
import type { ParameterSpec } from './parameter-spec.ts';
import type { Words } from './words.ts';

/** A lookup of rows whose gradient is added outside the graph, row by row. */
export interface Lookup {
  readonly parameter: string;
  /** The batch input that names the rows. */
  readonly ids: 'input_ids' | 'position_ids' | 'token_type_ids' | 'labels';
  /** The value whose gradient belongs to the rows. [ids, width] */
  readonly value: string;
  /** This row gets no gradient from the lookup. */
  readonly paddingIndex?: number | undefined;
}

/** A dropout mask to be fed: 0 where dropped, 1/(1-p) where kept. */
export interface DropoutSite {
  readonly input: string;
  readonly p: number;
  readonly kind: 'tokens' | 'masked' | 'attention' | 'masked-attention';
  /** Elements a token, or heads. */
  readonly width: number;
}

/** A mask of local attention to be fed. */
export interface WindowSite {
  readonly input: string;
  readonly queries: 'tokens' | 'masked';
  /** Tokens to either side that are seen. */
  readonly window: number;
}

export interface AttentionInputs {
  readonly q: string;
  readonly k: string;
  readonly v: string;
}

export interface AttentionOptions {
  readonly queries: 'tokens' | 'masked';
  /** Share of the attention probabilities that is dropped in training. */
  readonly dropout: number;
  /** Tokens to either side that a token sees; absent: its whole row. */
  readonly window?: number | undefined;
}

export interface NetworkOptions {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly parameters: readonly ParameterSpec[];
  /** All rows are equally long: attention needs no padding. */
  readonly uniform: boolean;
  readonly dropout: boolean;
}

export class Network implements Words {
  readonly lookups: Lookup[] = [];
  readonly dropoutSites: DropoutSite[] = [];
  /** Bases of rotary positions, whose cosines and sines are fed. */
  readonly rotations = new Set<number>();
  readonly windows: WindowSite[] = [];
  /** Attention probabilities, layer by layer. [rows, heads, length, length], the last layer's [rows, heads, queries, length] */
  readonly attentions: string[] = [];
  /** Parameters that the graph uses, in order of first use. */
  readonly used = new Set<string>();
  readonly layout: LayoutInputs;
  private readonly specs: ReadonlyMap<string, ParameterSpec>;

  constructor(
    readonly build: GraphBuilder,
    readonly options: NetworkOptions,
  ) {
    this.specs = new Map(options.parameters.map((spec) => [spec.name, spec]));
    this.layout = declareInputs(build, options.heads, options.hiddenSize, options.uniform);
  }

  /** A weight, as an input of the graph. */
  parameter(name: string): string {
    const spec = this.specs.get(name);
    if (!spec) throw new ClozeError('internal', `No parameter is named ${name}.`);
    if (this.used.has(name)) return name;
    this.used.add(name);
    return this.build.input(name, 'float32', spec.shape);
  }

  /** Rows of an embedding. -> [tokens, width] */
  lookup(parameter: string, ids: Lookup['ids'], paddingIndex?: number): string {
    const value = this.build.op('Gather', [this.parameter(parameter), this.layout[ids]], { axis: 0 });
    this.lookups.push({ parameter, ids, value, paddingIndex });
    return value;
  }

  /** x Wᵀ + b with W [out, in]; without b where the model has none. */
  linear(x: string, prefix: string): string {
    const bias = `${prefix}.bias`;
    const inputs = [x, this.parameter(`${prefix}.weight`), ...(this.specs.has(bias) ? [this.parameter(bias)] : [])];
    return this.build.op('Gemm', inputs, { transB: 1 });
  }

  layerNorm(x: string, prefix: string, epsilon: number): string {
    const bias = `${prefix}.bias`;
    const inputs = [x, this.parameter(`${prefix}.weight`), ...(this.specs.has(bias) ? [this.parameter(bias)] : [])];
    return this.build.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
  }

  /** The columns in equal parts. [tokens, parts · width] -> parts of [tokens, width] */
  split(x: string, parts: number): readonly string[] {
    return this.build.ops('Split', [x], { axis: -1, num_outputs: parts }, { outputs: parts });
  }

  add(...terms: readonly string[]): string {
    return terms.reduce((sum, term) => this.build.op('Add', [sum, term]));
  }

  /** The rows at masked positions. [tokens, width] -> [masked, width] */
  atMasked(x: string): string {
    return this.build.op('Gather', [x, this.layout.masked_positions], { axis: 0 });
  }

  /** Zeroes elements with probability p and scales the rest, in training. [tokens or masked, width] */
  dropout(x: string, p: number, kind: 'tokens' | 'masked', width: number): string {
    return this.drop(x, p, kind, width, [kind, width]);
  }

  /**
   * softmax(q kᵀ / √d) v, head by head, every query over the keys of its own row, at most `window` tokens away.
   * q [tokens or masked, hidden], k and v [tokens, hidden] -> as q.
   */
  attention({ q, k, v }: AttentionInputs, { queries, dropout, window }: AttentionOptions): string {
    const { build, layout } = this;
    const { heads, hiddenSize } = this.options;
    const places = queries === 'tokens' ? layout.token : layout.maskedQuery;
    const scaled = build.op('Mul', [q, build.scalar(1 / Math.sqrt(hiddenSize / heads))]);
    const keys = build.op('Transpose', [this.byHead(k, layout.token)], { perm: [0, 1, 3, 2] });
    let scores = build.op('MatMul', [this.byHead(scaled, places), keys]);
    if (layout.key_bias) scores = build.op('Add', [scores, layout.key_bias]);
    if (window !== undefined) scores = build.op('Add', [scores, this.windowBias(queries, window)]);
    const kind = queries === 'tokens' ? 'attention' : 'masked-attention';
    const width = queries === 'tokens' ? 'length' : 'queries';
    let weights = build.op('Softmax', [scores], { axis: -1 });
    this.attentions.push(weights);
    weights = this.drop(weights, dropout, kind, heads, ['rows', heads, width, 'length']);
    const context = build.op('MatMul', [weights, this.byHead(v, layout.token)]);
    const size = hiddenSize / heads;
    const slots = build.op('Reshape', [context, build.int64s([-1, size])], {}, { shape: [places.slotDim, size] });
    const flat = build.op('Gather', [slots, places.back], { axis: 0 });
    return build.op('Reshape', [flat, build.int64s([-1, hiddenSize])], {}, { shape: [queries, hiddenSize] });
  }

  /**
   * Turns each head's pairs (i, i + d/2) by position · theta^(-2i/d). Source: Su et al. 2021, in the halves layout.
   * [tokens or masked, hidden] -> the same
   */
  rotate(x: string, at: 'tokens' | 'masked', theta: number): string {
    const { build } = this;
    const { heads, hiddenSize } = this.options;
    const size = hiddenSize / heads;
    const [cos, sin] = ['cos', 'sin'].map((name) => {
      const table = this.rotary(name as 'cos' | 'sin', theta);
      const rows = at === 'masked' ? build.op('Gather', [table, this.layout.masked_positions], { axis: 0 }) : table;
      return build.op('Unsqueeze', [rows, build.int64s([1])]);
    }) as [string, string];
    const shape = [at, heads, size];
    const byHead = build.op('Reshape', [x, build.int64s([-1, heads, size])], {}, { shape });
    const [left, right] = this.split(byHead, 2) as [string, string];
    const times = (a: string, b: string) => build.op('Mul', [a, b]);
    const turned = build.op(
      'Concat',
      [build.op('Sub', [times(left, cos), times(right, sin)]), build.op('Add', [times(right, cos), times(left, sin)])],
      { axis: -1 },
    );
    return build.op('Reshape', [turned, build.int64s([-1, hiddenSize])], {}, { shape: [at, hiddenSize] });
  }

  /** Cosine or sine of every token's angles, an input. [tokens, head size / 2] */
  private rotary(name: 'cos' | 'sin', theta: number): string {
    const { heads, hiddenSize } = this.options;
    const input = `${name}_${theta}`;
    if (this.rotations.has(theta)) return input;
    this.rotations.add(theta);
    const shape = ['tokens', hiddenSize / heads / 2];
    for (const each of ['cos', 'sin']) this.build.input(`${each}_${theta}`, 'float32', shape);
    return input;
  }

  /** 0 within the window, a very negative number beyond it, an input. [1 or rows, 1, length or queries, length] */
  private windowBias(queries: 'tokens' | 'masked', window: number): string {
    const input = `window_${queries}_${window}`;
    if (this.windows.some((known) => known.input === input)) return input;
    this.windows.push({ input, queries, window });
    const shape = queries === 'tokens' ? [1, 1, 'length', 'length'] : ['rows', 1, 'queries', 'length'];
    return this.build.input(input, 'float32', shape);
  }

  /** One gather pads, and brings heads in front of tokens. [tokens, hidden] -> [rows, heads, length, head size] */
  private byHead(x: string, places: LayoutInputs['token']): string {
    const { build } = this;
    const size = this.options.hiddenSize / this.options.heads;
    const pieces = build.op('Reshape', [x, build.int64s([-1, size])], {}, { shape: [places.pieceDim, size] });
    const slots = build.op('Gather', [pieces, places.slots], { axis: 0 });
    return build.op('Reshape', [slots, places.shape], {}, { shape: places.dims });
  }

  private drop(x: string, p: number, kind: DropoutSite['kind'], width: number, shape: Shape): string {
    if (!this.options.dropout || p === 0) return x;
    const input = this.build.input(`dropout_${this.dropoutSites.length}`, 'float32', shape);
    this.dropoutSites.push({ input, p, kind, width });
    return this.build.op('Mul', [x, input]);
  }
}
