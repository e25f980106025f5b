// Weights as float32: model.onnx.
import type { GraphBuilder } from '../../onnx/builder.ts';
import { bytesOf, type StoredWeights, transposed, type Weights } from './stored-weights.ts';

export class FloatWeights implements StoredWeights {
  constructor(
    private readonly build: GraphBuilder,
    private readonly weights: Weights,
  ) {}

  has(name: string): boolean {
    return this.weights.has(name);
  }

  product(x: string, name: string): string {
    return this.build.op('MatMul', [x, this.columns(name)]);
  }

  rows(name: string, ids: string): string {
    return this.build.op('Gather', [this.plain(name), ids], { axis: 0 });
  }

  plain(name: string): string {
    return this.weights.plain(this.build, name);
  }

  /** Wᵀ [in, out]: as a constant, or of the one copy of the table that is read by rows too. */
  private columns(name: string): string {
    const { build, weights } = this;
    if (name === weights.table) return build.op('Transpose', [this.plain(name)], { perm: [1, 0] });
    const constant = `${name}_transposed`;
    if (build.type(constant).dtype) return constant;
    const { data, shape } = weights.get(name);
    const [outputs, inputs] = shape as readonly [number, number];
    return build.initializer(constant, {
      dtype: 'float32',
      shape: [inputs, outputs],
      // made when it is written: a second copy of every weight would need its memory at once
      get bytes() {
        return bytesOf(transposed(data, outputs, inputs));
      },
    });
  }
}
