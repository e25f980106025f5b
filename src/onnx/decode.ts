// The bytes of an .onnx file as a graph. Doubtful files are refused with what is wrong in them.
import { ClozeError } from '../base/errors.ts';
import { ATTRIBUTE_CODES, dataTypeOf } from './data-types.ts';
import type { Attribute, ConstantTensor, Dim, Graph, GraphNode, ValueInfo, ValueType } from './graph.ts';
import { ModelProto } from './schema.ts';
import { bytesPerElement, elementCount } from './tensor.ts';
import type * as wire from './wire.ts';

export interface DecodeOptions {
  /** How errors call the file. */
  readonly place: string;
  /** Reads part of a file beside the model; absent: weights outside the file are refused. */
  readonly readExternal?: (data: ExternalData) => Uint8Array;
}

/** Where a tensor's bytes lie in another file. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  /** Absent: to the end of the file. */
  readonly length: number | undefined;
}

export function decodeModel(bytes: Uint8Array, options: DecodeOptions): Graph {
  let model: wire.Model;
  try {
    model = ModelProto.decode(bytes) as unknown as wire.Model;
  } catch (error) {
    throw new ClozeError(
      'bad-input',
      `${options.place} is not an ONNX model: ${(error as Error).message}.`,
      undefined,
      {
        cause: error,
      },
    );
  }
  if (!model.graph || model.opsetImport.length === 0) {
    throw new ClozeError('bad-input', `${options.place} is not an ONNX model: it holds no graph.`);
  }
  if (model.functions.length > 0) {
    const names = model.functions.map(({ name }) => name).join(', ');
    throw new ClozeError(
      'unsupported',
      `${options.place} defines functions of its own (${names}).`,
      'Export it with its functions inlined.',
    );
  }
  const opsets = new Map(
    model.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]),
  );
  return readGraph(model.graph, opsets, options);
}

function readGraph(graph: wire.Graph, opsets: ReadonlyMap<string, number>, options: DecodeOptions): Graph {
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name, readTensor(tensor, options)]));
  return {
    name: graph.name,
    opsets,
    // files before IR version 4 list their weights among the inputs
    inputs: graph.input.map((value) => readValue(value, options)).filter(({ name }) => !initializers.has(name)),
    outputs: graph.output.map((value) => readValue(value, options)),
    initializers,
    nodes: graph.node.map((node) => readNode(node, options)),
    valueTypes: new Map(
      graph.valueInfo.map((value) => {
        const { name, ...type } = readValue(value, options);
        return [name, type];
      }),
    ),
  };
}

const readNode = (node: wire.Node, options: DecodeOptions): GraphNode => ({
  name: node.name,
  opType: node.opType,
  domain: node.domain === 'ai.onnx' ? '' : node.domain,
  inputs: node.input,
  outputs: node.output,
  attributes: new Map(
    node.attribute.map((attribute) => [
      attribute.name,
      readAttribute(attribute, `${node.opType} "${node.name}"`, options),
    ]),
  ),
});

function readAttribute(attribute: wire.Attribute, node: string, options: DecodeOptions): Attribute {
  switch (attribute.type) {
    case ATTRIBUTE_CODES.float:
      return { type: 'float', value: attribute.f };
    case ATTRIBUTE_CODES.int:
      return { type: 'int', value: Number(attribute.i) };
    case ATTRIBUTE_CODES.string:
      return { type: 'string', value: text(attribute.s) };
    case ATTRIBUTE_CODES.floats:
      return { type: 'floats', value: attribute.floats };
    case ATTRIBUTE_CODES.ints:
      return { type: 'ints', value: attribute.ints.map(Number) };
    case ATTRIBUTE_CODES.strings:
      return { type: 'strings', value: attribute.strings.map(text) };
    case ATTRIBUTE_CODES.tensor:
      if (attribute.t) return { type: 'tensor', value: readTensor(attribute.t, options) };
      break;
    case ATTRIBUTE_CODES.graph:
      if (attribute.g) return { type: 'graph', value: readGraph(attribute.g, new Map(), options) };
      break;
  }
  throw new ClozeError(
    'unsupported',
    `${options.place}: attribute ${attribute.name} of ${node} is of a kind that Cloze does not read (${attribute.type}).`,
  );
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

function readValue({ name, type }: wire.Value, { place }: DecodeOptions): ValueInfo {
  const tensor = type?.tensorType;
  if (!tensor?.elemType) return { name };
  const info: ValueType = {
    dtype: dataTypeOf(tensor.elemType, `${place}: ${name}`),
    shape: tensor.shape?.dim.map(readDim),
  };
  return { name, ...info };
}

/** protobuf leaves out nothing here but the field that is set: a size of 0 and no size look different. */
function readDim(dim: wire.Dimension): Dim {
  if (Object.hasOwn(dim, 'dimValue')) return Number(dim.dimValue);
  return dim.dimParam || null;
}

function readTensor(tensor: wire.Tensor, options: DecodeOptions): ConstantTensor {
  const where = `${options.place}: constant ${tensor.name || '(unnamed)'}`;
  const dtype = dataTypeOf(tensor.dataType, where);
  const shape = tensor.dims.map(Number);
  const count = elementCount(shape);
  if (dtype === 'string') throw new ClozeError('unsupported', `${where} holds texts, which Cloze does not read.`);
  const bytes = tensor.dataLocation === 1 ? externalBytes(tensor, where, options) : inlineBytes(tensor, dtype);
  if (!(count >= 0) || bytes.byteLength !== count * bytesPerElement(dtype)) {
    throw new ClozeError(
      'bad-input',
      `${where} has ${bytes.byteLength} bytes; ${dtype} [${shape}] needs ${count * bytesPerElement(dtype)}.`,
      'Export the model again.',
    );
  }
  return { dtype, shape, bytes };
}

function externalBytes(tensor: wire.Tensor, where: string, { readExternal }: DecodeOptions): Uint8Array {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location');
  if (!location || !readExternal) throw new ClozeError('bad-input', `${where} lies in a file that cannot be read.`);
  const length = entries.get('length');
  return readExternal({
    location,
    offset: Number(entries.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  });
}

/** Either raw bytes, or one of the typed lists, which hold narrower types one an element. */
export function inlineBytes(tensor: wire.Tensor, dtype: ConstantTensor['dtype']): Uint8Array {
  const list = (values: ArrayBufferView) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (tensor.rawData.length > 0) return list(tensor.rawData);
  switch (dtype) {
    case 'float32':
      return list(Float32Array.from(tensor.floatData));
    case 'float64':
      return list(Float64Array.from(tensor.doubleData));
    case 'int64':
      return list(BigInt64Array.from(tensor.int64Data, (value) => BigInt(value.toString())));
    case 'uint64':
    case 'uint32': {
      const wide = tensor.uint64Data.map((value) => BigInt(value.toString()));
      return list(dtype === 'uint64' ? BigUint64Array.from(wide) : Uint32Array.from(wide, Number));
    }
    case 'int32':
      return list(Int32Array.from(tensor.int32Data));
    case 'float16':
    case 'bfloat16':
    case 'uint16':
    case 'int16':
      return list(Uint16Array.from(tensor.int32Data));
    default:
      return list(Uint8Array.from(tensor.int32Data));
  }
}
