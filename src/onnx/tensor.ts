// Numbers to constants and back.
import { ClozeError } from '../base/errors.ts';
import type { ConstantTensor, DataType } from './graph.ts';

const BYTES: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  string: 0,
};

export const bytesPerElement = (dtype: DataType): number => BYTES[dtype];

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A constant of the given numbers. Only the types that formulas need. */
export function constantTensor(
  dtype: DataType,
  shape: readonly number[],
  values: readonly number[] | Float32Array,
): ConstantTensor {
  const bytes = new Uint8Array(values.length * BYTES[dtype]);
  const view = new DataView(bytes.buffer);
  const write = writer(dtype, view);
  for (const [i, value] of values.entries()) write(i, value);
  return { dtype, shape, bytes };
}

function writer(dtype: DataType, view: DataView): (i: number, value: number) => void {
  switch (dtype) {
    case 'float32':
      return (i, value) => view.setFloat32(4 * i, value, true);
    case 'float64':
      return (i, value) => view.setFloat64(8 * i, value, true);
    case 'int32':
      return (i, value) => view.setInt32(4 * i, value, true);
    case 'int64':
      return (i, value) => view.setBigInt64(8 * i, BigInt(value), true);
    case 'uint8':
    case 'bool':
      return (i, value) => view.setUint8(i, value);
    default:
      throw new ClozeError('internal', `No constants of type ${dtype} are written here.`);
  }
}

/** The numbers of a constant, or undefined for a type whose elements are not numbers here. 64-bit integers are rounded. */
export function constantValues(tensor: ConstantTensor): number[] | undefined {
  const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
  const read = reader(tensor.dtype, view);
  return read && Array.from({ length: elementCount(tensor.shape) }, (_, i) => read(i));
}

function reader(dtype: DataType, view: DataView): ((i: number) => number) | undefined {
  switch (dtype) {
    case 'float32':
      return (i) => view.getFloat32(4 * i, true);
    case 'float64':
      return (i) => view.getFloat64(8 * i, true);
    case 'int32':
      return (i) => view.getInt32(4 * i, true);
    case 'int64':
      return (i) => Number(view.getBigInt64(8 * i, true));
    case 'uint8':
    case 'bool':
      return (i) => view.getUint8(i);
    default:
      return undefined;
  }
}
