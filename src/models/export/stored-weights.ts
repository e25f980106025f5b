// How an exported graph holds its weights and multiplies with them: as float32, or as 8-bit numbers.
import { ClozeError } from '../../base/errors.ts';
import type { GraphBuilder } from '../../onnx/builder.ts';
import type { ParameterSpec } from '../parameter-spec.ts';
import type { NamedTensor } from '../safetensors-write.ts';

/** Writes the steps that need a weight. */
export interface StoredWeights {
  has(name: string): boolean;
  /** x Wᵀ with W [out, in], a weight that {@link rows} may read too. [batch, length, in] -> [batch, length, out] */
  product(x: string, name: string): string;
  /** Rows of a table. ids -> [...ids, width] */
  rows(name: string, ids: string): string;
  /** A bias or the scale of a norm, as it is. */
  plain(name: string): string;
}

/** The tensors of a model by name; `table` is read by rows and, as the decoder, multiplied with. */
export class Weights {
  private readonly tensors: ReadonlyMap<string, NamedTensor>;

  constructor(
    specs: readonly ParameterSpec[],
    values: ReadonlyMap<string, Float32Array>,
    readonly table: string,
  ) {
    const tensors = specs.map(({ name, shape }) => ({ name, shape, data: values.get(name) ?? new Float32Array() }));
    this.tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  get(name: string): NamedTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new ClozeError('internal', `No parameter is named ${name}.`);
    return tensor;
  }

  /** The weight in the graph under its own name, once. */
  plain(build: GraphBuilder, name: string): string {
    if (build.type(name).dtype) return name;
    const { shape, data } = this.get(name);
    return build.initializer(name, { dtype: 'float32', shape, bytes: bytesOf(data) });
  }
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Of a [rows, columns] matrix, read in blocks that stay in the cache. */
export function transposed<T extends Float32Array | Uint8Array>(matrix: T, rows: number, columns: number): T {
  const block = 32;
  const out = matrix.slice() as T;
  for (let top = 0; top < rows; top += block) {
    for (let left = 0; left < columns; left += block) {
      for (let row = top; row < Math.min(rows, top + block); row++) {
        for (let column = left; column < Math.min(columns, left + block); column++) {
          out[column * rows + row] = matrix[row * columns + column] as number;
        }
      }
    }
  }
  return out;
}
