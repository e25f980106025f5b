// The structure of an .onnx file of any size, without reading its weights: their places in the file instead.
import type { FileHandle } from 'node:fs/promises';
import { ClozeError } from '../base/errors.ts';
import { ModelProto } from './schema.ts';

/** Where bytes lie in the file. */
export interface ByteRange {
  readonly begin: number;
  readonly end: number;
}

export interface ScannedTensor {
  /** The tensor's message without its numbers, in protobuf. */
  readonly head: Uint8Array;
  /** Its numbers, one range a field of raw_data or of a packed list. */
  readonly data: readonly (ByteRange & { readonly field: number })[];
}

export interface ScannedModel {
  /** The model's message without initializers and without what operators carry along. */
  readonly skeleton: Uint8Array;
  readonly initializers: readonly ScannedTensor[];
}

const GRAPH = 7;
const NODE = 1;
const INITIALIZER = 5;
const ATTRIBUTE = 5;
/** TensorProto's float_data, int32_data, int64_data, raw_data, double_data, uint64_data. */
const NUMBERS = new Set([4, 5, 7, 9, 10, 11]);
/** Bytes of names and types that are believed; more is not a model. */
const MOST = 1 << 26;

/** Walks the file's fields; `place` is how errors call it. */
export async function scanModel(file: FileHandle, size: number, place: string): Promise<ScannedModel> {
  const reader = new FieldReader(file, size, place);
  const initializers: ScannedTensor[] = [];
  const model = new Kept(place);
  for await (const field of reader.fields({ begin: 0, end: size })) {
    if (field.id !== GRAPH || field.range === null) {
      model.keep(await reader.bytes(field.whole));
      continue;
    }
    const graph = new Kept(place);
    for await (const part of reader.fields(field.range)) {
      if (part.id === INITIALIZER && part.range) initializers.push(await scanTensor(reader, part.range, place));
      else if (part.id === NODE && part.range) graph.keep(message(NODE, await scanNode(reader, part.range, place)));
      else graph.keep(await reader.bytes(part.whole));
    }
    model.keep(message(GRAPH, graph.bytes));
  }
  return { skeleton: model.bytes, initializers };
}

async function scanTensor(reader: FieldReader, range: ByteRange, place: string): Promise<ScannedTensor> {
  const head = new Kept(place);
  const data: (ByteRange & { field: number })[] = [];
  for await (const field of reader.fields(range)) {
    if (NUMBERS.has(field.id) && field.range) data.push({ ...field.range, field: field.id });
    else head.keep(await reader.bytes(field.whole));
  }
  return { head: head.bytes, data };
}

/** Attributes may hold tensors and graphs: they are left out. */
async function scanNode(reader: FieldReader, range: ByteRange, place: string): Promise<Uint8Array> {
  const node = new Kept(place);
  for await (const field of reader.fields(range)) {
    if (field.id !== ATTRIBUTE) node.keep(await reader.bytes(field.whole));
  }
  return node.bytes;
}

interface Field {
  readonly id: number;
  /** The content of a field with a length; null for numbers. */
  readonly range: ByteRange | null;
  /** With its tag. */
  readonly whole: ByteRange;
}

class FieldReader {
  #window = new Uint8Array(0);
  #from = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
    private readonly place: string,
  ) {}

  async *fields({ begin, end }: ByteRange): AsyncGenerator<Field> {
    for (let at = begin; at < end; ) {
      const tag = await this.#varint(at, end);
      const id = Math.floor(tag.value / 8);
      if (id === 0) throw this.#broken();
      let next: number;
      let range: ByteRange | null = null;
      switch (tag.value % 8) {
        case 0:
          next = (await this.#varint(tag.next, end)).next;
          break;
        case 1:
          next = tag.next + 8;
          break;
        case 5:
          next = tag.next + 4;
          break;
        case 2: {
          const length = await this.#varint(tag.next, end);
          next = length.next + length.value;
          range = { begin: length.next, end: next };
          break;
        }
        default:
          throw this.#broken();
      }
      if (next > end) throw this.#broken();
      yield { id, range, whole: { begin: at, end: next } };
      at = next;
    }
  }

  async bytes({ begin, end }: ByteRange): Promise<Uint8Array> {
    if (end - begin > MOST) throw this.#broken();
    await this.#load(begin, end);
    return this.#window.slice(begin - this.#from, end - this.#from);
  }

  async #varint(at: number, end: number): Promise<{ readonly value: number; readonly next: number }> {
    await this.#load(at, Math.min(at + 10, end));
    let value = 0;
    for (let i = 0; i < 10 && at + i < end; i++) {
      const byte = this.#window[at + i - this.#from] as number;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: at + i + 1 };
    }
    throw this.#broken();
  }

  /** Makes the window hold these bytes. */
  async #load(begin: number, end: number): Promise<void> {
    if (end > this.size) throw this.#broken();
    if (begin >= this.#from && end <= this.#from + this.#window.length) return;
    const window = new Uint8Array(Math.min(Math.max(1 << 16, end - begin), this.size - begin));
    for (let done = 0; done < window.length; ) {
      const { bytesRead } = await this.file.read(window, done, window.length - done, begin + done);
      if (bytesRead === 0) throw this.#broken();
      done += bytesRead;
    }
    this.#window = window;
    this.#from = begin;
  }

  #broken(): ClozeError {
    return notModel(this.place);
  }
}

/** Bytes that are put together, up to a limit. */
class Kept {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  constructor(private readonly place: string) {}

  keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > MOST) throw notModel(this.place);
    this.#parts.push(part);
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** A field with a length, as protobuf writes it. */
function message(id: number, content: Uint8Array): Uint8Array {
  const head = [id * 8 + 2];
  let rest = content.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) head.push((rest % 128) + 128);
  head.push(rest);
  return Buffer.concat([Uint8Array.from(head), content]);
}

const notModel = (place: string) =>
  new ClozeError('bad-input', `${place} is not an ONNX model, or not a whole one.`, 'Export or download it again.');

/** Whether protobufjs can read what was kept. */
export function decodeSkeleton(skeleton: Uint8Array, place: string): unknown {
  try {
    return ModelProto.decode(skeleton);
  } catch (error) {
    throw new ClozeError('bad-input', `${place} is not an ONNX model: ${(error as Error).message}.`, undefined, {
      cause: error,
    });
  }
}
