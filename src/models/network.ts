// The words in which architectures write their forward pass: layers over a flat list of tokens without padding.
import { ClozeError } from '../base/errors.ts';
import type { GraphBuilder } from '../onnx/builder.ts';
import type { Shape } from '../onnx/graph.ts';
import { declareInputs, type LayoutInputs } from './layout-inputs.ts';
import type { ParameterSpec } from './parameter-spec.ts';

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

export interface NetworkOptions {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly parameters: readonly ParameterSpec[];
  /** All rows are equally long: attention needs no padding. */
  readonly uniform: boolean;
  readonly dropout: boolean;
}

export class Network {
  readonly lookups: Lookup[] = [];
  readonly dropoutSites: DropoutSite[] = [];
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

  /** x Wᵀ + b with W [out, in]. */
  linear(x: string, prefix: string): string {
    return this.build.op('Gemm', [x, this.parameter(`${prefix}.weight`), this.parameter(`${prefix}.bias`)], {
      transB: 1,
    });
  }

  layerNorm(x: string, prefix: string, epsilon: number): string {
    const inputs = [x, this.parameter(`${prefix}.weight`), this.parameter(`${prefix}.bias`)];
    return this.build.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } });
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
   * softmax(q kᵀ / √d) v, head by head, every query over the keys of its own row.
   * q [tokens or masked, hidden], k and v [tokens, hidden] -> as q.
   */
  attention(q: string, k: string, v: string, queries: 'tokens' | 'masked', p: number): string {
    const { build, layout } = this;
    const { heads, hiddenSize } = this.options;
    const places = queries === 'tokens' ? layout.token : layout.maskedQuery;
    const scaled = build.op('Mul', [q, build.scalar(1 / Math.sqrt(hiddenSize / heads))]);
    const keys = build.op('Transpose', [this.byHead(k, layout.token)], { perm: [0, 1, 3, 2] });
    let scores = build.op('MatMul', [this.byHead(scaled, places), keys]);
    if (layout.key_bias) scores = build.op('Add', [scores, layout.key_bias]);
    const kind = queries === 'tokens' ? 'attention' : 'masked-attention';
    const width = queries === 'tokens' ? 'length' : 'queries';
    let weights = build.op('Softmax', [scores], { axis: -1 });
    weights = this.drop(weights, p, kind, heads, ['rows', heads, width, 'length']);
    const context = build.op('MatMul', [weights, this.byHead(v, layout.token)]);
    const size = hiddenSize / heads;
    const slots = build.op('Reshape', [context, build.int64s([-1, size])], {}, { shape: [places.slotDim, size] });
    const flat = build.op('Gather', [slots, places.back], { axis: 0 });
    return build.op('Reshape', [flat, build.int64s([-1, hiddenSize])], {}, { shape: [queries, hiddenSize] });
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
