// Bytes of a tensor as numbers that statistics and comparisons can add up.
import { widenBfloat16, widenFloat16 } from '../models/half.ts';
import type { SafetensorsType } from '../models/safetensors-header.ts';
import type { DataType } from '../onnx/graph.ts';

export type Numbers =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** `bytes` start at the beginning of their buffer and hold whole elements. 64-bit integers are rounded to float64. */
export function toNumbers(dtype: SafetensorsType, bytes: Uint8Array<ArrayBuffer>): Numbers {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer);
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return widenFloat16(new Uint16Array(buffer));
    case 'BF16':
      return widenBfloat16(new Uint16Array(buffer));
    case 'F8_E4M3':
      return Float32Array.from(bytes, (byte) => E4M3[byte] as number);
    case 'F8_E5M2':
      return Float32Array.from(bytes, (byte) => E5M2[byte] as number);
    case 'I64':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'U64':
      return Float64Array.from(new BigUint64Array(buffer), Number);
    case 'I32':
      return new Int32Array(buffer);
    case 'U32':
      return new Uint32Array(buffer);
    case 'I16':
      return new Int16Array(buffer);
    case 'U16':
      return new Uint16Array(buffer);
    case 'I8':
      return new Int8Array(buffer);
    default:
      return bytes;
  }
}

/** ONNX's element types in safetensors' words; undefined for text. */
export const SAFETENSORS_TYPE: Readonly<Record<DataType, SafetensorsType | undefined>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
  string: undefined,
};

/** Micikevicius et al., "FP8 Formats for Deep Learning" (2022): E4M3 has no infinity and one NaN, E5M2 is as IEEE. */
const E4M3 = eightBits(4, 3, (exponent, fraction) => (exponent === 15 && fraction === 7 ? Number.NaN : undefined));
const E5M2 = eightBits(5, 2, (exponent, fraction) => {
  if (exponent !== 31) return undefined;
  return fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
});

function eightBits(
  exponentBits: number,
  fractionBits: number,
  special: (exponent: number, fraction: number) => number | undefined,
): Float32Array {
  const bias = 2 ** (exponentBits - 1) - 1;
  const scale = 2 ** fractionBits;
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const sign = byte & 0x80 ? -1 : 1;
    const exponent = (byte & 0x7f) >> fractionBits;
    const fraction = byte & (scale - 1);
    const ordinary =
      exponent === 0 ? (fraction / scale) * 2 ** (1 - bias) : (1 + fraction / scale) * 2 ** (exponent - bias);
    return sign * (special(exponent, fraction) ?? ordinary);
  });
}
