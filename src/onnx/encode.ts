// A graph as the bytes of an .onnx file.
import { ATTRIBUTE_CODES, dataTypeCode } from './data-types.ts';
import type { Attribute, ConstantTensor, Graph, GraphNode, ValueInfo } from './graph.ts';
import { GraphProto, ModelProto, prefix, TensorProto } from './schema.ts';
import { bytesPerElement, elementCount } from './tensor.ts';

/** IR version 8 goes with opsets up to 18; IR version 10, with those up to 21, is read by ORT since 1.18. */
const irVersion = (opset: number): number => (opset <= 18 ? 8 : 10);

export function encodeModel(graph: Graph): Uint8Array {
  return ModelProto.encode({ ...modelFields(graph), graph: graphProto(graph) }).finish();
}

/** The same file as {@link encodeModel} makes, its constants last and each asked for its bytes when its turn comes. */
export function encodeInParts(graph: Graph): { bytes: number; parts(): Iterable<Uint8Array> } {
  const head = ModelProto.encode(modelFields(graph)).finish();
  const body = GraphProto.encode(graphProto({ ...graph, initializers: new Map() })).finish();
  const tensors = [...graph.initializers].map(([name, tensor]) => {
    const size = elementCount(tensor.shape) * bytesPerElement(tensor.dtype);
    const fields = { name, dims: tensor.shape, dataType: dataTypeCode(tensor.dtype) };
    const before = Buffer.concat([TensorProto.encode(fields).finish(), prefix(TensorProto, 'rawData', size)]);
    return { tensor, size, head: Buffer.concat([prefix(GraphProto, 'initializer', before.length + size), before]) };
  });
  const inGraph = tensors.reduce((sum, { size, head }) => sum + head.length + size, body.length);
  const opening = Buffer.concat([head, prefix(ModelProto, 'graph', inGraph), body]);
  return {
    bytes: opening.length - body.length + inGraph,
    *parts() {
      yield opening;
      for (const { tensor, head } of tensors) {
        yield head;
        yield tensor.bytes;
      }
    },
  };
}

const modelFields = (graph: Graph) => ({
  irVersion: irVersion(graph.opsets.get('') ?? 0),
  producerName: 'cloze',
  opsetImport: [...graph.opsets].map(([domain, version]) => ({ domain, version })),
});

function graphProto(graph: Graph): object {
  return {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: [...graph.initializers].map(([name, tensor]) => ({ name, ...tensorFields(tensor) })),
    input: graph.inputs.map(valueProto),
    output: graph.outputs.map(valueProto),
    valueInfo: [...graph.valueTypes]
      .filter(([, type]) => type.dtype)
      .map(([name, type]) => valueProto({ name, ...type })),
  };
}

function nodeProto(node: GraphNode): object {
  return {
    input: node.inputs,
    output: node.outputs,
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    attribute: [...node.attributes].map(([name, attribute]) => ({
      name,
      type: ATTRIBUTE_CODES[attribute.type],
      ...attributeFields(attribute),
    })),
  };
}

function attributeFields(attribute: Attribute): object {
  switch (attribute.type) {
    case 'float':
      return { f: attribute.value };
    case 'int':
      return { i: attribute.value };
    case 'string':
      return { s: Buffer.from(attribute.value, 'utf8') };
    case 'tensor':
      return { t: tensorFields(attribute.value) };
    case 'graph':
      return { g: graphProto(attribute.value) };
    case 'floats':
      return { floats: attribute.value };
    case 'ints':
      return { ints: attribute.value };
    case 'strings':
      return { strings: attribute.value.map((text) => Buffer.from(text, 'utf8')) };
  }
}

const tensorFields = (tensor: ConstantTensor) => ({
  dims: tensor.shape,
  dataType: dataTypeCode(tensor.dtype),
  rawData: tensor.bytes,
});

function valueProto({ name, dtype, shape }: ValueInfo): object {
  if (!dtype) return { name };
  const dim = shape?.map((size) =>
    typeof size === 'number' ? { dimValue: size } : size === null ? {} : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: dataTypeCode(dtype), ...(dim && { shape: { dim } }) } } };
}
