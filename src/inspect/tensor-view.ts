// A tensor whose numbers are read from its file when they are asked for.
import type { SafetensorsType } from '../models/safetensors-header.ts';
import { type Numbers, toNumbers } from './numbers.ts';

export interface TensorView {
  readonly name: string;
  /** As the file writes it: F32, BF16, I64 … */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Its numbers, row-major, in pieces of some MB. */
  pieces(): AsyncIterable<Numbers>;
  /** Numbers `from` to `to`. */
  read(from: number, to: number): Promise<Numbers>;
}

/** Bytes of a piece. */
const PIECE = 1 << 23;

export interface TensorSource {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes that can be read; 0 for types that are not numbers here. */
  readonly length: number;
  /** Bytes `from` to `to`, in a buffer of their own. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

export function tensorView({ name, dtype, shape, length, read }: TensorSource): TensorView {
  const count = shape.reduce((product, size) => product * size, 1);
  const width = count > 0 ? length / count : 0;
  const numbers = async (from: number, to: number) => toNumbers(dtype as SafetensorsType, await read(from, to));
  return {
    name,
    dtype,
    shape,
    bytes: length,
    async *pieces() {
      for (let at = 0; at < length; at += PIECE) yield numbers(at, Math.min(length, at + PIECE));
    },
    read: (from, to) => (width === 0 ? Promise.resolve(new Float32Array(0)) : numbers(from * width, to * width)),
  };
}
