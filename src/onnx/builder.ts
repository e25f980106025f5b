// Writes a graph node by node; a value is its name, and its type and shape are followed where they can be known.
import { ClozeError } from '../base/errors.ts';
import type { Attribute, ConstantTensor, DataType, Graph, GraphNode, Shape, ValueInfo, ValueType } from './graph.ts';
import { inferTypes } from './infer.ts';
import { constantTensor, constantValues } from './tensor.ts';

/** Attributes by ONNX's names; whole numbers are ints, `{ float }` says otherwise. */
export type AttributeValues = Readonly<
  Record<
    string,
    number | string | readonly number[] | { readonly float: number } | ConstantTensor | Attribute | undefined
  >
>;

export interface OperatorOptions {
  /** How many outputs the operator is asked for; 1 unless told. */
  readonly outputs?: number;
  readonly domain?: string;
  /** Shape of the first output where the writer knows more than can be inferred. */
  readonly shape?: Shape | undefined;
  /** Name of the first output, which must be free. */
  readonly name?: string;
}

/** The version of ONNX's operators that new graphs are written in. */
const OPSET = 21;

export class GraphBuilder {
  /** Version of ONNX's own operators that is written. */
  opset: number;
  private readonly name: string;
  private readonly opsets: Map<string, number>;
  private readonly inputs: ValueInfo[];
  private readonly outputNames: string[];
  private readonly initializers: Map<string, ConstantTensor>;
  private readonly nodes: GraphNode[];
  private readonly types = new Map<string, ValueType>();
  private readonly constants = new Map<string, string>();
  /** What Constant nodes hold. */
  private readonly constantNodes = new Map<string, ConstantTensor>();
  private readonly taken = new Set<string>();
  private readonly counts = new Map<string, number>();

  /** Starts empty, or goes on where `base` ends. `opset`: of ONNX's own operators, in a new graph. */
  constructor(base?: Graph, opset = OPSET) {
    this.name = base?.name ?? 'cloze';
    this.opset = base?.opsets.get('') ?? opset;
    this.opsets = new Map(base?.opsets ?? [['', opset]]);
    this.inputs = [...(base?.inputs ?? [])];
    this.outputNames = (base?.outputs ?? []).map((output) => output.name);
    this.initializers = new Map(base?.initializers);
    this.nodes = [];
    for (const [name, type] of base?.valueTypes ?? []) this.note(name, type);
    for (const { name, ...type } of [...this.inputs, ...(base?.outputs ?? [])]) this.note(name, type);
    for (const [name, { dtype, shape }] of this.initializers) this.note(name, { dtype, shape });
    for (const node of base?.nodes ?? []) this.append(node);
  }

  input(name: string, dtype: DataType, shape: Shape): string {
    this.claim(name);
    this.inputs.push({ name, dtype, shape });
    this.note(name, { dtype, shape });
    return name;
  }

  /** A constant of this name, weights say; its bytes are asked for only where they are needed. */
  initializer(name: string, tensor: ConstantTensor): string {
    this.claim(name);
    this.initializers.set(name, tensor);
    this.note(name, { dtype: tensor.dtype, shape: tensor.shape });
    return name;
  }

  /** A constant; equal ones share a name. */
  constant(dtype: DataType, shape: readonly number[], values: readonly number[]): string {
    const key = `${dtype} ${shape} ${values}`;
    const known = this.constants.get(key);
    if (known) return known;
    const name = this.fresh('constant');
    this.initializers.set(name, constantTensor(dtype, shape, values));
    this.note(name, { dtype, shape });
    this.constants.set(key, name);
    return name;
  }

  scalar(value: number, dtype: DataType = 'float32'): string {
    return this.constant(dtype, [], [value]);
  }

  /** A list of int64, as axes, shapes and bounds are given. */
  int64s(values: readonly number[]): string {
    return this.constant('int64', [values.length], values);
  }

  /** Appends an operator and returns the name of its (first) output. */
  op(
    opType: string,
    inputs: readonly string[],
    attributes: AttributeValues = {},
    options: OperatorOptions = {},
  ): string {
    return this.ops(opType, inputs, attributes, options)[0] as string;
  }

  /** Appends an operator and returns the names of all its outputs. */
  ops(
    opType: string,
    inputs: readonly string[],
    attributes: AttributeValues = {},
    options: OperatorOptions = {},
  ): readonly string[] {
    if (options.name) this.claim(options.name);
    const outputs = Array.from({ length: options.outputs ?? 1 }, (_, i) =>
      i === 0 && options.name ? options.name : this.fresh(opType),
    );
    const domain = options.domain ?? '';
    if (domain && !this.opsets.has(domain)) this.opsets.set(domain, 1);
    this.append({ name: outputs[0] as string, opType, domain, inputs, outputs, attributes: toAttributes(attributes) });
    if (options.shape) this.note(outputs[0] as string, { ...this.type(outputs[0] as string), shape: options.shape });
    return outputs;
  }

  /** Makes a value an output of the graph. */
  output(name: string): void {
    if (!this.outputNames.includes(name)) this.outputNames.push(name);
  }

  type(name: string): ValueType {
    return this.types.get(name) ?? {};
  }

  /** The numbers of a constant value. */
  values(name: string): readonly number[] | undefined {
    const tensor = this.initializers.get(name) ?? this.constantNodes.get(name);
    return tensor && constantValues(tensor);
  }

  /** Moves to a later operator set; the caller knows that the operators in use mean the same there. */
  raiseOpset(version: number): void {
    this.opset = Math.max(this.opset, version);
    this.opsets.set('', this.opset);
  }

  /** Asks a node that is there for more of its outputs (mean and spread of a normalization, say). */
  extendOutputs(node: GraphNode, count: number): readonly string[] {
    const at = this.nodes.findIndex((other) => other.outputs[0] === node.outputs[0]);
    const known = this.nodes[at];
    if (!known) throw new ClozeError('internal', `${node.opType} ${node.name} is not in this graph.`);
    const outputs = Array.from(
      { length: Math.max(count, known.outputs.length) },
      (_, i) => known.outputs[i] || this.fresh(known.opType),
    );
    this.nodes[at] = { ...known, outputs };
    this.inferNode({ ...known, outputs });
    return outputs;
  }

  /** The graph as it stands; writing may go on. */
  build(): Graph {
    return {
      name: this.name,
      opsets: new Map(this.opsets),
      inputs: [...this.inputs],
      outputs: this.outputNames.map((name) => ({ name, ...this.type(name) })),
      initializers: new Map(this.initializers),
      nodes: [...this.nodes],
      valueTypes: new Map(),
    };
  }

  private append(node: GraphNode): void {
    this.nodes.push(node);
    for (const name of node.outputs) this.taken.add(name);
    const value = node.opType === 'Constant' ? node.attributes.get('value') : undefined;
    const output = node.outputs[0];
    if (value?.type === 'tensor' && output) this.constantNodes.set(output, value.value);
    this.inferNode(node);
  }

  private inferNode(node: GraphNode): void {
    const inferred = inferTypes({
      opType: node.domain === '' ? node.opType : '',
      attributes: node.attributes,
      inputs: node.inputs.map((name) => (name ? this.types.get(name) : undefined)),
      constant: (input) => this.values(node.inputs[input] ?? ''),
    });
    node.outputs.forEach((name, i) => {
      if (name) this.note(name, merge(this.types.get(name), inferred[i]));
    });
  }

  private note(name: string, type: ValueType): void {
    this.taken.add(name);
    this.types.set(name, type);
  }

  private claim(name: string): void {
    if (this.taken.has(name)) throw new ClozeError('internal', `The graph has two values named ${name}.`);
    this.taken.add(name);
  }

  private fresh(stem: string): string {
    for (;;) {
      const count = (this.counts.get(stem) ?? 0) + 1;
      this.counts.set(stem, count);
      const name = `${stem}_${count}`;
      if (!this.taken.has(name)) {
        this.taken.add(name);
        return name;
      }
    }
  }
}

/** Inferred where nothing is said, said where nothing is inferred; the file's word first. */
function merge(said: ValueType | undefined, inferred: ValueType | undefined): ValueType {
  return { dtype: said?.dtype ?? inferred?.dtype, shape: said?.shape ?? inferred?.shape };
}

function toAttributes(values: AttributeValues): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) attributes.set(name, toAttribute(value));
  }
  return attributes;
}

function toAttribute(value: NonNullable<AttributeValues[string]>): Attribute {
  if (typeof value === 'number') return { type: 'int', value };
  if (typeof value === 'string') return { type: 'string', value };
  if (isNumbers(value)) return { type: 'ints', value };
  if ('float' in value) return { type: 'float', value: value.float };
  if ('bytes' in value) return { type: 'tensor', value };
  return value;
}

const isNumbers = (value: object): value is readonly number[] => Array.isArray(value);
