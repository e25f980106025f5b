// Tensors from .safetensors files, widened to float32, read range by range so that files may be of any size.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ClozeError, systemCode } from '../base/errors.ts';
import { widenBfloat16, widenFloat16 } from './half.ts';
import { headerLength, parseHeader, type SafetensorsHeader, type TensorEntry } from './safetensors-header.ts';

/** Bytes a read: far below the 2 GB that one read may return. */
const CHUNK = 1 << 28;

export class SafetensorsFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    readonly header: SafetensorsHeader,
    /** Of the file, in bytes. */
    readonly size: number,
  ) {}

  static async open(path: string): Promise<SafetensorsFile> {
    let file: FileHandle;
    let isFile: boolean;
    try {
      // before it is opened: opening a pipe would wait for somebody to write into it
      isFile = (await stat(path)).isFile();
    } catch (error) {
      throw new ClozeError('not-found', `${path} cannot be opened (${systemCode(error)}).`, 'Check the model folder.', {
        cause: error,
      });
    }
    if (!isFile) throw new ClozeError('bad-input', `${path} is no file.`, 'Choose a .safetensors file.');
    try {
      file = await open(path, 'r');
    } catch (error) {
      throw new ClozeError('not-found', `${path} cannot be opened (${systemCode(error)}).`, 'Check the model folder.', {
        cause: error,
      });
    }
    try {
      const { size } = await file.stat();
      const length = headerLength(await readBytes(file, 0, Math.min(8, size), path), size, path);
      return new SafetensorsFile(path, file, parseHeader(await readBytes(file, 8, length, path), size, path), size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get tensors(): ReadonlyMap<string, TensorEntry> {
    return this.header.tensors;
  }

  /** The tensor's numbers as float32. Integers are refused: weights are not. */
  async read(entry: TensorEntry): Promise<Float32Array> {
    const bytes = await readBytes(this.file, entry.begin, entry.end - entry.begin, this.path);
    switch (entry.dtype) {
      case 'F32':
        return new Float32Array(bytes.buffer);
      case 'F64':
        return Float32Array.from(new Float64Array(bytes.buffer));
      case 'F16':
        return widenFloat16(new Uint16Array(bytes.buffer));
      case 'BF16':
        return widenBfloat16(new Uint16Array(bytes.buffer));
      default:
        throw new ClozeError(
          'unsupported',
          `${this.path}: tensor "${entry.name}" has the element type ${entry.dtype}; weights are F32, F16, BF16 or F64.`,
          'A quantized model cannot be trained or read here: choose its unquantized one.',
        );
    }
  }

  /** Bytes `from` to `to` of the tensor, in a buffer of their own. */
  async range({ begin }: TensorEntry, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    return readBytes(this.file, begin + from, to - from, this.path);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Exactly `length` bytes in a buffer of their own. */
export async function readBytes(
  file: FileHandle,
  position: number,
  length: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(CHUNK, length - done), position + done);
    if (bytesRead === 0) throw new ClozeError('bad-input', `${path} ended while it was read.`, 'Download it again.');
    done += bytesRead;
  }
  return bytes;
}
