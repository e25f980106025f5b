// Weights as 8-bit numbers, activations brought to 8 bits as they come: model_quantized.onnx.
// The operators are those that onnxruntime's quantize_dynamic writes, so that runtimes know the pattern.
import type { GraphBuilder } from '../../onnx/builder.ts';
import { bytesOf, type StoredWeights, transposed, type Weights } from './stored-weights.ts';

/** The byte that stands for 0. */
const ZERO = 128;
const FLOAT = 1;

/**
 * Matrices are stored row by row (an output's weights, a token's embedding) as w ≈ scale · (q - 128), scale = max|w| / 127.
 * Unsigned, because processors without VNNI add pairs of uint8 · int8 products in 16 bits, which overflows.
 */
export class ByteWeights implements StoredWeights {
  /** Activations in 8 bits: several products read the same. */
  private readonly activations = new Map<string, readonly [values: string, scale: string, zero: string]>();

  constructor(
    private readonly build: GraphBuilder,
    private readonly weights: Weights,
  ) {}

  has(name: string): boolean {
    return this.weights.has(name);
  }

  plain(name: string): string {
    return this.weights.plain(this.build, name);
  }

  product(x: string, name: string): string {
    const { build } = this;
    const { columns, scales } = this.columns(name);
    const [values, scale, zero] = this.activation(x);
    const whole = build.op('MatMulInteger', [values, columns, zero, build.scalar(ZERO, 'uint8')]);
    const worth = build.op('Mul', [scale, scales]);
    return build.op('Mul', [build.op('Cast', [whole], { to: FLOAT }), worth]);
  }

  rows(name: string, ids: string): string {
    const { build } = this;
    const { matrix, scales } = this.matrix(name);
    const bytes = build.op('Cast', [build.op('Gather', [matrix, ids], { axis: 0 })], { to: FLOAT });
    const scale = build.op('Unsqueeze', [build.op('Gather', [scales, ids], { axis: 0 }), build.int64s([-1])]);
    return build.op('Mul', [build.op('Sub', [bytes, build.scalar(ZERO)]), scale]);
  }

  private activation(x: string) {
    let known = this.activations.get(x);
    if (!known) {
      known = this.build.ops('DynamicQuantizeLinear', [x], {}, { outputs: 3 }) as [string, string, string];
      this.activations.set(x, known);
    }
    return known;
  }

  /** W as it lies, [out, in]. */
  private matrix(name: string): { matrix: string; scales: string } {
    const { build, weights } = this;
    const matrix = `${name}_quantized`;
    const scales = this.scales(name);
    if (!build.type(matrix).dtype) {
      const { shape, data } = weights.get(name);
      build.initializer(matrix, {
        dtype: 'uint8',
        shape,
        get bytes() {
          return quantize(data, scalesOf(data, shape[0] as number));
        },
      });
    }
    return { matrix, scales };
  }

  /** Wᵀ [in, out]. */
  private columns(name: string): { columns: string; scales: string } {
    const { build, weights } = this;
    if (name === weights.table) {
      const { matrix, scales } = this.matrix(name);
      return { columns: build.op('Transpose', [matrix], { perm: [1, 0] }), scales };
    }
    const columns = `${name}_transposed_quantized`;
    const scales = this.scales(name);
    if (!build.type(columns).dtype) {
      const { shape, data } = weights.get(name);
      const [outputs, inputs] = shape as readonly [number, number];
      build.initializer(columns, {
        dtype: 'uint8',
        shape: [inputs, outputs],
        get bytes() {
          return transposed(quantize(data, scalesOf(data, outputs)), outputs, inputs);
        },
      });
    }
    return { columns, scales };
  }

  /** What one step of each row is worth. [out] */
  private scales(name: string): string {
    const scales = `${name}_scale`;
    if (!this.build.type(scales).dtype) {
      const { shape, data } = this.weights.get(name);
      const rows = shape[0] as number;
      this.build.initializer(scales, { dtype: 'float32', shape: [rows], bytes: bytesOf(scalesOf(data, rows)) });
    }
    return scales;
  }
}

function scalesOf(data: Float32Array, rows: number): Float32Array {
  const width = data.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    let greatest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) greatest = Math.max(greatest, Math.abs(data[i] as number));
    return greatest / 127 || 1;
  });
}

function quantize(data: Float32Array, scales: Float32Array): Uint8Array {
  const width = data.length / scales.length;
  const bytes = new Uint8Array(data.length);
  for (const [row, scale] of scales.entries()) {
    for (let i = row * width; i < (row + 1) * width; i++) bytes[i] = Math.round((data[i] as number) / scale) + ZERO;
  }
  return bytes;
}
