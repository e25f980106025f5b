// Writes .safetensors files as Hugging Face's library does: float32, or float16 where half the size matters more.
import { replaceAtomic, writeAll } from '../base/atomic.ts';
import { narrowFloat16 } from './half.ts';

export type StoredType = 'float32' | 'float16';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Replaces `path` whole: a crash or a full disk leaves the old file. */
export async function writeSafetensors(
  path: string,
  tensors: readonly NamedTensor[],
  dtype: StoredType,
): Promise<void> {
  const sorted = tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const header = Buffer.from(headerText(sorted, dtype), 'utf8');
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  await replaceAtomic(path, async (file) => {
    await writeAll(file, prefix);
    await writeAll(file, header);
    for (const { data } of sorted) await writeAll(file, stored(data, dtype));
  });
}

/** Padded with spaces so that the numbers start at a multiple of 8. */
function headerText(tensors: readonly NamedTensor[], dtype: StoredType): string {
  const bytes = dtype === 'float32' ? 4 : 2;
  let at = 0;
  const entries = tensors.map(({ name, shape, data }) => {
    const begin = at;
    at += data.length * bytes;
    return [name, { dtype: dtype === 'float32' ? 'F32' : 'F16', shape, data_offsets: [begin, at] }];
  });
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  return text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8);
}

function stored(data: Float32Array, dtype: StoredType): Uint8Array {
  const numbers = dtype === 'float32' ? data : narrowFloat16(data);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
