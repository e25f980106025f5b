// An .onnx file of any size: what it computes, and its weights read where they lie.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClozeError, systemCode } from '../base/errors.ts';
import { readBytes } from '../models/safetensors-read.ts';
import { dataTypeOf } from '../onnx/data-types.ts';
import { inlineBytes } from '../onnx/decode.ts';
import { fileBeside } from '../onnx/read-model.ts';
import { decodeSkeleton, type ScannedTensor, scanModel } from '../onnx/scan-model.ts';
import { TensorProto } from '../onnx/schema.ts';
import { bytesPerElement, elementCount } from '../onnx/tensor.ts';
import type * as wire from '../onnx/wire.ts';
import type { OnnxOutline, OnnxValue } from '../protocol/model.ts';
import { SAFETENSORS_TYPE } from './numbers.ts';
import type { TensorFiles } from './tensor-files.ts';
import { type TensorView, tensorView } from './tensor-view.ts';

export async function openOnnx(path: string): Promise<TensorFiles> {
  const files = new OpenFiles();
  try {
    const { file, size } = await files.open(path);
    const { skeleton, initializers } = await scanModel(file, size, path);
    const model = decodeSkeleton(skeleton, path) as wire.Model;
    if (!model.graph || model.opsetImport.length === 0) {
      throw new ClozeError('bad-input', `${path} is not an ONNX model: it holds no graph.`, 'Choose another file.');
    }
    const tensors: TensorView[] = [];
    for (const tensor of initializers) tensors.push(await view(tensor, path, file, files));
    return {
      kind: 'onnx',
      folder: dirname(path),
      bytes: files.bytes,
      tensors,
      onnx: outline(model, new Set(tensors.map(({ name }) => name))),
      close: () => files.close(),
    };
  } catch (error) {
    await files.close();
    throw error;
  }
}

/** Each file once. */
class OpenFiles {
  readonly #files = new Map<string, { readonly file: FileHandle; readonly size: number }>();

  async open(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
    const known = this.#files.get(path);
    if (known) return known;
    try {
      const stats = await stat(path);
      if (!stats.isFile()) throw new ClozeError('bad-input', `${path} is no file.`, 'Choose an .onnx file.');
      const opened = { file: await open(path, 'r'), size: stats.size };
      this.#files.set(path, opened);
      return opened;
    } catch (error) {
      if (error instanceof ClozeError) throw error;
      throw new ClozeError('not-found', `${path} cannot be read (${systemCode(error)}).`, 'Check the path.');
    }
  }

  get bytes(): number {
    return [...this.#files.values()].reduce((sum, { size }) => sum + size, 0);
  }

  async close(): Promise<void> {
    for (const { file } of this.#files.values()) await file.close();
    this.#files.clear();
  }
}

/** Places that are raw little-endian numbers: raw_data, and the packed float_data and double_data. */
const RAW = new Set([9, 4, 10]);

async function view(scanned: ScannedTensor, path: string, file: FileHandle, files: OpenFiles): Promise<TensorView> {
  const tensor = TensorProto.decode(scanned.head) as unknown as wire.Tensor;
  const { name } = tensor;
  const shape = tensor.dims.map(Number);
  const where = `${path}: constant ${name || '(unnamed)'}`;
  let type: ReturnType<typeof dataTypeOf>;
  try {
    type = dataTypeOf(tensor.dataType, where);
  } catch {
    // 4-bit numbers and their kin: told, not read
    return tensorView({ name, shape, dtype: `ONNX type ${tensor.dataType}`, length: 0, read: async () => NOTHING });
  }
  const dtype = SAFETENSORS_TYPE[type] ?? type;
  const needed = elementCount(shape) * bytesPerElement(type);
  const checked = (length: number, read: (begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>) => {
    if (!Number.isSafeInteger(needed) || needed < 0 || length !== needed) {
      throw new ClozeError(
        'bad-input',
        `${where} has ${length} bytes; ${type} [${shape}] needs ${needed}.`,
        'Export the model again.',
      );
    }
    return tensorView({ name, shape, dtype, length, read });
  };
  if (type === 'string') return tensorView({ name, shape, dtype, length: 0, read: async () => NOTHING });
  if (tensor.dataLocation === 1) {
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const beside = fileBeside(path, entries.get('location') ?? '');
    const { file: other, size } = await files.open(beside);
    const offset = Number(entries.get('offset') ?? 0);
    const length = Number(entries.get('length') ?? size - offset);
    if (!Number.isSafeInteger(offset) || offset < 0 || !(length >= 0) || offset + length > size) {
      throw new ClozeError(
        'bad-input',
        `${path} asks for bytes ${offset} to ${offset + length} of ${beside}, which has ${size}.`,
        'Download both files again.',
      );
    }
    return checked(length, (begin, end) => readBytes(other, offset + begin, end - begin, beside));
  }
  const [only, ...more] = scanned.data;
  if (only && more.length === 0 && RAW.has(only.field)) {
    return checked(only.end - only.begin, (begin, end) => readBytes(file, only.begin + begin, end - begin, path));
  }
  // lists of numbers of varying length: shapes and the like
  const listed = scanned.data.reduce((sum, { begin, end }) => sum + end - begin, 0);
  if (listed > MOST_LISTED) {
    return tensorView({ name, shape, dtype, length: 0, read: async () => NOTHING });
  }
  const fields = await Promise.all(
    scanned.data.map(async ({ field, begin, end }) => {
      const writer = TensorProto.encode({}).uint32(field * 8 + 2);
      return writer.bytes(await readBytes(file, begin, end - begin, path)).finish();
    }),
  );
  const whole = TensorProto.decode(Buffer.concat([scanned.head, ...fields])) as unknown as wire.Tensor;
  const bytes = Uint8Array.from(inlineBytes(whole, type));
  return checked(bytes.length, async (begin, end) => bytes.slice(begin, end));
}

const NOTHING = new Uint8Array(0);
/** Bytes of a list of numbers of varying length that is read whole. */
const MOST_LISTED = 1 << 26;

function outline(model: wire.Model, initializers: ReadonlySet<string>): OnnxOutline {
  const { graph, opsetImport } = model as wire.Model & { graph: wire.Graph };
  const { producerName, producerVersion } = model as unknown as { producerName: string; producerVersion: string };
  const counts = new Map<string, number>();
  for (const { domain, opType } of graph.node) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return {
    producer: [producerName, producerVersion].filter(Boolean).join(' '),
    inputs: graph.input.filter(({ name }) => !initializers.has(name)).map(valueText),
    outputs: graph.output.map(valueText),
    opsets: opsetImport.map(({ domain, version }) => ({ domain: domain || 'ai.onnx', version: Number(version) })),
    operators: [...counts]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  };
}

function valueText({ name, type }: wire.Value): OnnxValue {
  const tensor = type?.tensorType;
  if (!tensor) return { name, type: '' };
  let dtype: string;
  try {
    dtype = dataTypeOf(tensor.elemType, name);
  } catch {
    dtype = `type ${tensor.elemType}`;
  }
  const dims = tensor.shape?.dim.map((dim) =>
    Object.hasOwn(dim, 'dimValue') ? String(dim.dimValue) : dim.dimParam || '?',
  );
  return { name, type: dims ? `${dtype} [${dims.join(', ')}]` : dtype };
}
