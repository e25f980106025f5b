// Reverse-mode automatic differentiation from graph to graph: appends operators that compute gradients.
import { ClozeError } from '../base/errors.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph, GraphNode } from '../onnx/graph.ts';
import { type InverseGather, RuleContext } from './rule.ts';
import { RULES } from './rules.ts';

export interface DifferentiateOptions {
  /** The value to differentiate: one element. Its gradient is 1. */
  readonly loss?: string;
  /** Instead of a loss, or beside it: values whose gradients the graph computes already, by name. */
  readonly seeds?: ReadonlyMap<string, string>;
  /** The values whose gradients are asked for: inputs, initializers, or values in between. */
  readonly wrt: readonly string[];
  /** Gathers whose way back is another gather, by the name of their indices. */
  readonly inverses?: ReadonlyMap<string, InverseGather>;
}

export interface Differentiated {
  /** The graph with the gradients computed; they are not yet outputs. */
  readonly graph: Graph;
  /** Name of the gradient of each value of `wrt`; zeros where the loss does not depend on it. */
  readonly gradients: ReadonlyMap<string, string>;
}

/** The lowest version of ONNX's operators that the rules read. */
const LOWEST_OPSET = 13;

/** The lowest one that they write: adding at repeated indices came with it. */
const WRITTEN_OPSET = 16;

/** Operators that mean something else in 16 than in 13; the others only took on more types and options. */
const CHANGED = new Set(['RoiAlign', 'BatchNormalization', 'GRU', 'LSTM', 'RNN']);

/**
 * Gradients of `loss` with respect to `wrt`, as ordinary ONNX operators.
 * Refuses, by name, an operator without a rule that lies between them.
 */
export function differentiate(graph: Graph, options: DifferentiateOptions): Differentiated {
  const build = new GraphBuilder(graph);
  const gradients = appendGradients(build, graph, options);
  return { graph: build.build(), gradients };
}

/** Like {@link differentiate}, into the builder that wrote the graph. */
export function appendGradients(
  build: GraphBuilder,
  graph: Graph,
  options: DifferentiateOptions,
): ReadonlyMap<string, string> {
  if (build.opset < LOWEST_OPSET) {
    throw new ClozeError(
      'unsupported',
      `The graph uses ONNX operator set ${build.opset}; gradients are written for ${LOWEST_OPSET} and later.`,
      'Export it again with a newer opset.',
    );
  }
  if (build.opset < WRITTEN_OPSET) {
    const changed = graph.nodes.find(({ opType, domain }) => domain === '' && CHANGED.has(opType));
    if (changed) {
      throw new ClozeError(
        'unsupported',
        `The graph uses ${changed.opType} of ONNX operator set ${build.opset}, which changed before ${WRITTEN_OPSET}.`,
        `Export it again with opset ${WRITTEN_OPSET} or later.`,
      );
    }
    build.raiseOpset(WRITTEN_OPSET);
  }
  const depends = dependents(graph, options.wrt);
  const gradients = new Gradients(build, options.seeds ?? new Map());
  if (options.loss) gradients.add(options.loss, onesLike(build, options.loss));
  for (const [value, gradient] of options.seeds ?? []) gradients.add(value, gradient);
  const wrt = new Set(options.wrt);

  for (const node of graph.nodes.toReversed()) {
    if (!valuesRead(node).some((name) => depends.has(name))) continue;
    const outputs = node.outputs.map((name) => (depends.has(name) ? gradients.take(name, wrt.has(name)) : undefined));
    if (outputs.every((gradient) => gradient === undefined)) continue;
    const wanted = node.inputs.map((name) => depends.has(name));
    const rule = node.domain === '' || node.domain === 'ai.onnx' ? RULES[node.opType] : undefined;
    if (!rule) throw withoutRule(node);
    const inputs = rule(new RuleContext(build, node, outputs, wanted, options.inverses ?? new Map()));
    node.inputs.forEach((name, i) => {
      const gradient = inputs[i];
      if (name && wanted[i] && gradient) gradients.add(name, gradient);
    });
  }
  return new Map(options.wrt.map((name) => [name, gradients.take(name, true) ?? zerosLike(build, name)]));
}

/** Gradients by value, summed when they are asked for. */
class Gradients {
  private readonly parts = new Map<string, string[]>();

  constructor(
    private readonly build: GraphBuilder,
    readonly seeds: ReadonlyMap<string, string>,
  ) {}

  add(value: string, gradient: string): void {
    const parts = this.parts.get(value);
    if (parts) parts.push(gradient);
    else this.parts.set(value, [gradient]);
  }

  /** The sum of what has come; every consumer has been seen by then, since nodes are gone through backwards. */
  take(value: string, keep: boolean): string | undefined {
    const parts = this.parts.get(value);
    if (!parts?.length) return undefined;
    const sum = parts.reduce((total, part) => this.build.op('Add', [total, part]));
    if (keep) this.parts.set(value, [sum]);
    else this.parts.delete(value);
    return sum;
  }
}

/** Names of all values that a change of `wrt` changes, those themselves among them; only real numbers carry gradients. */
function dependents(graph: Graph, wrt: readonly string[]): ReadonlySet<string> {
  const known = new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]);
  const unknown = wrt.find((name) => !known.has(name));
  if (unknown) throw new ClozeError('bad-argument', `The graph has no value named ${unknown}.`);
  const depends = new Set(wrt);
  for (const node of graph.nodes) {
    if (STOPS.has(node.opType) || !valuesRead(node).some((name) => depends.has(name))) continue;
    for (const output of node.outputs) if (output) depends.add(output);
  }
  return depends;
}

/** A node's inputs, and for If, Loop and Scan what their bodies take from outside. */
function valuesRead(node: GraphNode): readonly string[] {
  const inside = [...node.attributes.values()].flatMap((attribute) =>
    attribute.type === 'graph' ? attribute.value.nodes.flatMap(valuesRead) : [],
  );
  return inside.length > 0 ? [...node.inputs, ...inside] : node.inputs;
}

/** Operators whose outputs do not vary smoothly with their inputs: nothing flows back through them. */
const STOPS = new Set(
  (
    'Shape Size NonZero ArgMax ArgMin Equal Greater GreaterOrEqual Less LessOrEqual And Or Not Xor IsNaN IsInf ' +
    'Sign Floor Ceil Round ConstantOfShape Range OneHot EyeLike'
  ).split(' '),
);

const onesLike = (build: GraphBuilder, value: string): string => {
  const { shape, dtype } = build.type(value);
  if (shape?.some((size) => typeof size === 'number' && size !== 1)) {
    throw new ClozeError('bad-argument', `The loss ${value} has the shape [${shape}]; it has to be one number.`);
  }
  if (shape?.every((size) => size === 1)) {
    return build.constant(dtype ?? 'float32', shape as readonly number[], [1]);
  }
  return build.op('Expand', [build.scalar(1, dtype ?? 'float32'), build.op('Shape', [value])], {}, { shape });
};

const zerosLike = (build: GraphBuilder, value: string): string => {
  const { shape, dtype } = build.type(value);
  return build.op('Expand', [build.scalar(0, dtype ?? 'float32'), build.op('Shape', [value])], {}, { shape });
};

function withoutRule(node: GraphNode): ClozeError {
  const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType;
  return new ClozeError(
    'unsupported',
    `There is no gradient rule for the operator ${operator}${node.name ? ` (node "${node.name}")` : ''}, which lies between the weights and the loss.`,
    'Differentiate a graph without it, or leave the weights before it frozen.',
  );
}
