// A graph as the bytes of an .onnx file.
import { ATTRIBUTE_CODES, dataTypeCode } from './data-types.ts';
import type { Attribute, ConstantTensor, Graph, GraphNode, ValueInfo } from './graph.ts';
import { ModelProto } from './schema.ts';

/** IR version 10 goes with opsets up to 21; ORT reads it since 1.18. */
const IR_VERSION = 10;

export function encodeModel(graph: Graph): Uint8Array {
  const model = {
    irVersion: IR_VERSION,
    producerName: 'cloze',
    graph: graphProto(graph),
    opsetImport: [...graph.opsets].map(([domain, version]) => ({ domain, version })),
  };
  return ModelProto.encode(model).finish();
}

function graphProto(graph: Graph): object {
  return {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: [...graph.initializers].map(([name, tensor]) => ({ name, ...tensorProto(tensor) })),
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
      return { t: tensorProto(attribute.value) };
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

const tensorProto = (tensor: ConstantTensor) => ({
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
