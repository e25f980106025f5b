// The inputs that tell a graph how the tokens of a batch lie: flat, and padded by head for attention.
import type { InverseGather } from '../autodiff/rule.ts';
import type { GraphBuilder } from '../onnx/builder.ts';
import type { Shape } from '../onnx/graph.ts';

/** How flat rows become [rows, heads, length, head size], and back. */
export interface Places {
  /** For each padded place the piece (token, head) that lies there; padding repeats a real one. [slots] */
  readonly slots: string;
  /** For each piece its place. [pieces] */
  readonly back: string;
  /** The four sizes. */
  readonly shape: string;
  readonly dims: Shape;
  readonly slotDim: string;
  readonly pieceDim: string;
}

export interface LayoutInputs {
  readonly input_ids: string;
  readonly position_ids: string;
  readonly token_type_ids: string;
  readonly labels: string;
  readonly masked_positions: string;
  readonly token: Places;
  readonly maskedQuery: Places;
  /** 0 at real keys, a very negative number at padding; absent where there is none. [rows, 1, 1, length] */
  readonly key_bias: string | undefined;
  /** The gathers above undo each other: attention ignores padded keys, and nobody reads padded queries. */
  readonly inverses: ReadonlyMap<string, InverseGather>;
}

export function declareInputs(build: GraphBuilder, heads: number, hiddenSize: number, uniform: boolean): LayoutInputs {
  const indices = (name: string, size: string) => build.input(name, 'int32', [size]);
  const places = (name: string, length: string): Places => ({
    slots: indices(`${name}_slots`, `${name}_slot_count`),
    back: indices(`${name}_back`, `${name}_piece_count`),
    shape: build.input(`${name}_shape`, 'int64', [4]),
    dims: ['rows', heads, length, hiddenSize / heads],
    slotDim: `${name}_slot_count`,
    pieceDim: `${name}_piece_count`,
  });
  const valid = (name: string, size: string) => build.input(name, 'float32', [size, 1]);
  const token = places('token', 'length');
  const maskedQuery = places('query', 'queries');
  const masked = indices('masked_positions', 'masked');
  return {
    input_ids: indices('input_ids', 'tokens'),
    position_ids: indices('position_ids', 'tokens'),
    token_type_ids: indices('token_type_ids', 'tokens'),
    labels: indices('labels', 'masked'),
    masked_positions: masked,
    token,
    maskedQuery,
    key_bias: uniform ? undefined : build.input('key_bias', 'float32', ['rows', 1, 1, 'length']),
    inverses: new Map<string, InverseGather>([
      [token.slots, { inverse: token.back }],
      [token.back, { inverse: token.slots, valid: uniform ? undefined : valid('token_valid', token.slotDim) }],
      [maskedQuery.slots, { inverse: maskedQuery.back }],
      [maskedQuery.back, { inverse: maskedQuery.slots, valid: valid('query_valid', maskedQuery.slotDim) }],
      [masked, { inverse: indices('masked_rank', 'tokens'), valid: valid('is_masked', 'tokens') }],
    ]),
  };
}
