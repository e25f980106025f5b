// What a gradient rule is given and what it gives back.
import { ClozeError } from '../base/errors.ts';
import type { GraphBuilder } from '../onnx/builder.ts';
import type { Attribute, DataType, GraphNode, Shape } from '../onnx/graph.ts';

/**
 * The vector-Jacobian product of one operator: appends operators that compute the gradients of the node's inputs
 * from those of its outputs. One entry an input; undefined where none flows or none was asked for.
 */
export type Rule = (node: RuleContext) => readonly (string | undefined)[];

/** For indices that name no row twice among those that matter, the gather that undoes theirs. */
export interface InverseGather {
  /** Indices of the way back: row i came to lie at place `inverse[i]`. */
  readonly inverse: string;
  /** 1 where the way back is real, 0 where row i was not gathered; broadcasts against the gradient. Absent: all real. */
  readonly valid?: string | undefined;
}

export class RuleContext {
  constructor(
    readonly build: GraphBuilder,
    readonly node: GraphNode,
    private readonly gradients: readonly (string | undefined)[],
    private readonly wanted: readonly boolean[],
    readonly inverses: ReadonlyMap<string, InverseGather>,
  ) {}

  /** The name of an input that must be there. */
  input(i: number): string {
    const name = this.node.inputs[i];
    if (!name) throw new ClozeError('bad-input', `${this.where} lacks its input ${i}.`);
    return name;
  }

  hasInput(i: number): boolean {
    return Boolean(this.node.inputs[i]);
  }

  output(i = 0): string {
    return this.node.outputs[i] as string;
  }

  /** The gradient of an output; only the first is sure to have one. */
  gradient(i = 0): string | undefined {
    return this.gradients[i];
  }

  /** The gradient of the only output. */
  get g(): string {
    const gradient = this.gradients[0];
    if (!gradient) throw this.unsupported('its further outputs');
    return gradient;
  }

  /** Whether anybody asks for the gradient of this input. */
  wants(i: number): boolean {
    return this.wanted[i] ?? false;
  }

  shape(name: string): Shape | undefined {
    return this.build.type(name).shape;
  }

  dtype(name: string): DataType {
    const { dtype } = this.build.type(name);
    if (!dtype) {
      throw new ClozeError(
        'unsupported',
        `The element type of ${name} (${this.where}) is not known.`,
        "Run ONNX's shape inference over the file first.",
      );
    }
    return dtype;
  }

  int(name: string, otherwise: number): number {
    const attribute = this.attribute(name);
    return attribute?.type === 'int' ? attribute.value : otherwise;
  }

  float(name: string, otherwise: number): number {
    const attribute = this.attribute(name);
    return attribute?.type === 'float' ? attribute.value : otherwise;
  }

  string(name: string, otherwise: string): string {
    const attribute = this.attribute(name);
    return attribute?.type === 'string' ? attribute.value : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.attribute(name);
    return attribute?.type === 'ints' ? attribute.value : undefined;
  }

  attribute(name: string): Attribute | undefined {
    return this.node.attributes.get(name);
  }

  /** How an error names this node. */
  get where(): string {
    return `${this.node.opType}${this.node.name ? ` "${this.node.name}"` : ''}`;
  }

  unsupported(what: string): ClozeError {
    return new ClozeError('unsupported', `${this.where}: no gradient for ${what}.`);
  }

  // The few operators that formulas are written in.
  add = (a: string, b: string): string => this.build.op('Add', [a, b]);
  sub = (a: string, b: string): string => this.build.op('Sub', [a, b]);
  mul = (a: string, b: string): string => this.build.op('Mul', [a, b]);
  div = (a: string, b: string): string => this.build.op('Div', [a, b]);
  neg = (a: string): string => this.build.op('Neg', [a]);
  /** A number of the same type as `like`. */
  scalar = (value: number, like: string): string => this.build.scalar(value, this.dtype(like));
  shapeOf = (value: string): string => this.build.op('Shape', [value]);
  /** Sum along the last axis, kept as 1. */
  sumLast = (value: string): string => this.build.op('ReduceSum', [value, this.build.int64s([-1])], { keepdims: 1 });
}
