// The graphs of a model: to train with and without dropout, to evaluate, to predict; each for padded and equal rows.
import { appendGradients } from '../autodiff/differentiate.ts';
import { GraphBuilder } from '../onnx/builder.ts';
import type { Graph } from '../onnx/graph.ts';
import type { Blueprint } from './architecture.ts';
import { crossEntropy, decode, scoreLabels } from './cross-entropy.ts';
import { type DropoutSite, type Lookup, Network, type WindowSite } from './network.ts';

export interface ProgramKind {
  readonly purpose: 'train' | 'evaluate' | 'predict' | 'attention';
  readonly uniform: boolean;
  readonly dropout: boolean;
}

export interface Program {
  readonly graph: Graph;
  /** Parameters that are inputs. */
  readonly parameters: readonly string[];
  readonly dropoutSites: readonly DropoutSite[];
  readonly rotations: ReadonlySet<number>;
  readonly windows: readonly WindowSite[];
  /** Names of the outputs by what they are. */
  readonly losses?: string;
  readonly hits?: string;
  readonly logits?: string;
  /** By layer. */
  readonly attentions?: readonly string[];
  /** Dense gradients: parameter to output. */
  readonly gradients: ReadonlyMap<string, string>;
  /** Row gradients to be added outside: the output holds one row an id. */
  readonly lookups: readonly (Lookup & { readonly gradient: string })[];
}

/** `trained`: whether a parameter's gradient is wanted. */
export function writeProgram(model: Blueprint, kind: ProgramKind, trained: (name: string) => boolean): Program {
  const build = new GraphBuilder();
  const net = new Network(build, { ...model, uniform: kind.uniform, dropout: kind.dropout });
  const states = model.forward(net);
  const decoder = {
    states,
    weight: net.parameter(model.decoder.weight),
    bias: net.parameter(model.decoder.bias),
    labels: net.layout.labels,
  };
  const { dropoutSites, rotations, windows } = net;
  const shared = { dropoutSites, rotations, windows, gradients: new Map<string, string>(), lookups: [] };
  const done = (outputs: object, names: readonly string[]): Program => {
    for (const name of names) build.output(name);
    return { graph: build.build(), parameters: [...net.used], ...shared, ...outputs };
  };

  if (kind.purpose === 'predict') {
    const logits = decode(build, decoder);
    return done({ logits }, [logits]);
  }
  if (kind.purpose === 'attention') return done({ attentions: net.attentions }, net.attentions);
  if (kind.purpose === 'evaluate') {
    const scores = scoreLabels(build, decoder);
    return done(scores, [scores.losses, scores.hits]);
  }

  const forward = build.build();
  const scale = build.input('scale', 'float32', [1]);
  const head = crossEntropy(build, decoder, scale);
  const looked = new Set([...net.lookups.map(({ parameter }) => parameter), model.decoder.weight, model.decoder.bias]);
  const dense = [...net.used].filter((name) => !looked.has(name) && trained(name));
  const rows = net.lookups.filter(({ parameter }) => trained(parameter));
  const found = appendGradients(build, forward, {
    seeds: new Map([[states, head.gradients.states]]),
    wrt: [...dense, ...rows.map(({ value }) => value)],
    inverses: net.layout.inverses,
  });

  const taken = new Set<string>();
  /** Every output under a name of its own, though two gradients may be one value. */
  const own = (name: string) => {
    const output = taken.has(name) ? build.op('Identity', [name]) : name;
    taken.add(output);
    return output;
  };
  const gradients = new Map(dense.map((name) => [name, own(found.get(name) as string)]));
  const lookups: (Lookup & { gradient: string })[] = rows.map((lookup) => ({
    ...lookup,
    gradient: found.get(lookup.value) as string,
  }));
  const { weight, bias } = model.decoder;
  if (trained(weight)) {
    gradients.set(weight, own(head.gradients.weight));
    lookups.push({ parameter: weight, ids: 'labels', value: '', gradient: head.gradients.labelRows });
  }
  if (trained(bias)) gradients.set(bias, own(head.gradients.bias));
  const outputs = [head.losses, ...gradients.values(), ...lookups.map(({ gradient }) => gradient)];
  return done({ losses: head.losses, gradients, lookups }, outputs);
}
