// A masked language model whose graphs run in ONNX Runtime.
import { ClozeError } from '../base/errors.ts';
import { Session, type Tensor } from '../session/session.ts';
import type { Blueprint } from './architecture.ts';
import type { Config } from './config.ts';
import { dropoutMask } from './dropout.ts';
import { type Layout, layOut } from './layout.ts';
import { type Program, type ProgramKind, writeProgram } from './programs.ts';
import { rotaryFeeds } from './rotary.ts';
import type { DropoutKey, FlatBatch, LoadOptions, MaskedLM, Parameter, StepOptions, StepResult } from './types.ts';
import { windowFeed } from './window.ts';

interface Loaded {
  readonly program: Program;
  readonly session: Session;
}

export class OnnxMaskedLM implements MaskedLM {
  readonly vocabSize: number;
  readonly maxLength: number;
  private readonly byName: ReadonlyMap<string, Parameter>;
  private readonly loaded = new Map<string, Promise<Loaded>>();
  private readonly masks: Float32Array[] = [];
  /** Where gradients of later micro-batches land before they are added. */
  private readonly scratch = new Map<string, Float32Array>();

  constructor(
    readonly modelType: string,
    readonly config: Config,
    private readonly model: Blueprint,
    readonly parameters: readonly Parameter[],
    private readonly options: LoadOptions,
    readonly notes: readonly string[] = [],
  ) {
    this.vocabSize = model.vocabSize;
    this.maxLength = model.maxLength;
    this.byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  }

  async trainStep(batch: FlatBatch, options: StepOptions): Promise<StepResult> {
    if (!this.options.train) throw new ClozeError('internal', 'This model was loaded without gradients.');
    const layout = layOut(batch, this.model);
    const dropout = options.dropout;
    const { program, session } = await this.load({
      purpose: 'train',
      uniform: layout.uniform,
      dropout: dropout !== undefined,
    });
    const into: Record<string, Tensor | null> = { [output(program.losses)]: null };
    for (const { gradient } of program.lookups) into[gradient] = null;
    for (const [name, gradient] of program.gradients) {
      const parameter = this.parameter(name);
      const data = options.accumulate ? this.scratchFor(parameter) : parameter.grad;
      into[gradient] = { data, shape: parameter.shape };
    }
    const scale = { data: new Float32Array([1 / options.normalizer]), shape: [1] };
    const feeds = { ...this.feeds(program, layout, batch, dropout), scale };
    const results = await session.run(pick(feeds, session), into);

    const dense = new Set(program.gradients.keys());
    for (const parameter of this.parameters.filter(({ trainable }) => trainable)) {
      if (options.accumulate && dense.has(parameter.name)) addTo(parameter.grad, this.scratchFor(parameter));
      if (!options.accumulate && !dense.has(parameter.name)) parameter.grad.fill(0);
    }
    for (const { parameter, ids, gradient, paddingIndex } of program.lookups) {
      const rows = results[gradient]?.data as Float32Array;
      addRows(this.parameter(parameter).grad, layout.ids[ids], rows, paddingIndex);
    }
    const { grad: bias, trainable } = this.parameter(this.model.decoder.bias);
    for (const label of trainable ? layout.ids.labels : []) bias[label] = (bias[label] ?? 0) - 1 / options.normalizer;
    const lossSum = sum(results[output(program.losses)]?.data as Float32Array);
    if (lossSum !== Number.POSITIVE_INFINITY) return { lossSum, masked: layout.masked };
    // a true token so unlikely that its probability is 0 in float32: the gradients stand, the loss is taken from logits
    return { lossSum: await this.lossFromLogits(feeds, layout, dropout !== undefined), masked: layout.masked };
  }

  async evaluate(batch: FlatBatch): Promise<StepResult & { readonly correct: number }> {
    const layout = layOut(batch, this.model);
    const { program, session } = await this.load({ purpose: 'evaluate', uniform: layout.uniform, dropout: false });
    const results = await session.run(pick(this.feeds(program, layout, batch), session));
    const hits = results[output(program.hits)]?.data as Uint8Array;
    const correct = hits.reduce((count, hit) => count + hit, 0);
    const losses = results[output(program.losses)]?.data as Float32Array;
    return { lossSum: sum(losses), masked: layout.masked, correct };
  }

  async predict(batch: FlatBatch): Promise<Float32Array> {
    const layout = layOut(batch, this.model);
    const { program, session } = await this.load({ purpose: 'predict', uniform: layout.uniform, dropout: false });
    const results = await session.run(pick(this.feeds(program, layout, batch), session));
    return results[output(program.logits)]?.data as Float32Array;
  }

  async attention(inputIds: Int32Array): Promise<{ readonly heads: number; readonly layers: readonly Float32Array[] }> {
    // the last layer computes queries at masked positions only: all of them
    const maskedPositions = Int32Array.from(inputIds.keys());
    const batch = { inputIds, lengths: Int32Array.of(inputIds.length), maskedPositions, labels: inputIds };
    const layout = layOut(batch, this.model);
    const { program, session } = await this.load({ purpose: 'attention', uniform: layout.uniform, dropout: false });
    const results = await session.run(pick(this.feeds(program, layout, batch), session));
    const layers = (program.attentions ?? []).map((name) => results[name]?.data as Float32Array);
    return { heads: this.model.heads, layers };
  }

  async release(): Promise<void> {
    const all = [...this.loaded.values()];
    this.loaded.clear();
    for (const loaded of all) {
      const { session } = await loaded;
      if (this.options.profilePrefix !== undefined) session.endProfiling();
      await session.release();
    }
  }

  private async lossFromLogits(feeds: Record<string, Tensor>, { uniform }: Layout, dropout: boolean): Promise<number> {
    const { program, session } = await this.load({ purpose: 'evaluate', uniform, dropout });
    const results = await session.run(pick(feeds, session));
    return sum(results[output(program.losses)]?.data as Float32Array);
  }

  /** The graph for a purpose, built when first asked for. */
  private load(kind: ProgramKind): Promise<Loaded> {
    const key = `${kind.purpose} ${kind.uniform} ${kind.dropout}`;
    let loaded = this.loaded.get(key);
    if (!loaded) {
      const program = writeProgram(this.model, kind, (name) => this.parameter(name).trainable);
      loaded = this.start(program, kind.purpose);
      this.loaded.set(key, loaded);
    }
    return loaded;
  }

  private async start(program: Program, purpose: string): Promise<Loaded> {
    const { threads, device, profilePrefix } = this.options;
    const profile = profilePrefix === undefined ? {} : { profilePrefix: `${profilePrefix}-${purpose}` };
    return { program, session: await Session.create(program.graph, { threads, device, ...profile }) };
  }

  private feeds(program: Program, layout: Layout, batch: FlatBatch, dropout?: DropoutKey): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = { ...layout.feeds };
    for (const name of program.parameters) {
      const { data, shape } = this.parameter(name);
      feeds[name] = { data, shape };
    }
    for (const theta of program.rotations) {
      Object.assign(feeds, rotaryFeeds(theta, this.model.hiddenSize / this.model.heads, layout.ids.position_ids));
    }
    for (const site of program.windows) feeds[site.input] = windowFeed(site, layout, batch);
    program.dropoutSites.forEach((site, index) => {
      if (!dropout) return;
      const allocate = (size: number) => this.maskBuffer(index, size);
      feeds[site.input] = dropoutMask(site, index, dropout, layout, batch.lengths, allocate);
    });
    return feeds;
  }

  /** Memory for the mask of a dropout site, the same from step to step: new pages cost more than what is written. */
  private maskBuffer(site: number, size: number): Float32Array {
    let buffer = this.masks[site];
    if (!buffer || buffer.length < size) {
      buffer = new Float32Array(size);
      this.masks[site] = buffer;
    }
    return buffer.subarray(0, size);
  }

  private parameter(name: string): Parameter {
    const parameter = this.byName.get(name);
    if (!parameter) throw new ClozeError('internal', `No parameter is named ${name}.`);
    return parameter;
  }

  private scratchFor({ name, data }: Parameter): Float32Array {
    let array = this.scratch.get(name);
    if (!array) {
      array = new Float32Array(data.length);
      this.scratch.set(name, array);
    }
    return array;
  }
}

/** Only what the graph takes: rewriting may have dropped inputs that it does not need. */
function pick(feeds: Readonly<Record<string, Tensor>>, session: Session): Record<string, Tensor> {
  return Object.fromEntries(session.inputNames.map((name) => [name, feeds[name] as Tensor]));
}

function output(name: string | undefined): string {
  if (name === undefined) throw new ClozeError('internal', 'The graph lacks an output.');
  return name;
}

function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (part[i] as number);
}

/** table[ids[i]] += rows[i], except for the padding row. */
function addRows(table: Float32Array, ids: Int32Array, rows: Float32Array, paddingIndex: number | undefined): void {
  const width = rows.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id === paddingIndex) continue;
    const to = id * width;
    const from = i * width;
    for (let j = 0; j < width; j++) table[to + j] = (table[to + j] as number) + (rows[from + j] as number);
  }
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
