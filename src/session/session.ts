// The only importer of onnxruntime-node: runs graphs, and turns its errors into ones that say what to do.
import * as ort from 'onnxruntime-node';
import { ClozeError } from '../base/errors.ts';
import { encodeModel } from '../onnx/encode.ts';
import type { Graph } from '../onnx/graph.ts';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** Numbers with a shape; `data` is used where it lies, not copied. */
export interface Tensor {
  readonly data: TensorData;
  readonly shape: readonly number[];
}

export type Device = 'cpu' | 'webgpu';

export interface SessionOptions {
  /** Where operators run; those that WebGPU lacks run on the CPU. The CPU unless told. */
  readonly device?: Device | undefined;
  /** Threads for one operator; absent: one a core. */
  readonly threads?: number | undefined;
  /** How far the graph is rewritten before it runs. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Writes a profile, to be ended with {@link Session.endProfiling}, to files that start so. */
  readonly profilePrefix?: string;
  /** Writes the graph as it runs, after the rewriting. */
  readonly optimizedModelPath?: string;
}

/** A graph ready to run. `run` blocks its thread: for processes of their own. */
export class Session {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly name: string,
  ) {}

  static async create(graph: Graph | Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const name = graph instanceof Uint8Array ? 'The model' : `The graph "${graph.name}"`;
    const bytes = graph instanceof Uint8Array ? graph : encodeModel(graph);
    try {
      const session = await ort.InferenceSession.create(bytes, {
        executionProviders: options.device === 'webgpu' ? ['webgpu', 'cpu'] : ['cpu'],
        graphOptimizationLevel: options.optimization ?? 'all',
        logSeverityLevel: 3,
        // plans of memory are kept for every shape that ever ran: a fifth more memory, and no batch looks like the last
        enableMemPattern: false,
        // threads that wait must not burn the cores that the user's other programs need
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        ...(options.threads && { intraOpNumThreads: options.threads }),
        ...(options.profilePrefix && { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
        ...(options.optimizedModelPath && { optimizedModelFilePath: options.optimizedModelPath }),
      });
      return new Session(session, name);
    } catch (error) {
      throw explain(error, `${name} could not be loaded`);
    }
  }

  get inputNames(): readonly string[] {
    return this.session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.session.outputNames;
  }

  /**
   * Runs the graph. Outputs named in `into` are written to the given arrays, which must have their very size;
   * the others come back in new ones.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    into: Readonly<Record<string, Tensor | null>> = Object.fromEntries(this.outputNames.map((name) => [name, null])),
  ): Promise<Readonly<Record<string, Tensor>>> {
    try {
      const results = await this.session.run(
        mapValues(feeds, toOrt),
        mapValues(into, (t) => (t ? toOrt(t) : null)),
      );
      return mapValues(results as Record<string, ort.Tensor>, fromOrt);
    } catch (error) {
      throw explain(error, `${this.name} could not be run`);
    }
  }

  endProfiling(): void {
    this.session.endProfiling();
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function toOrt({ data, shape }: Tensor): ort.Tensor {
  // the array is handed over as it is: ORT reads and writes it in place
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, shape);
  if (data instanceof Int32Array) return new ort.Tensor('int32', data, shape);
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, shape);
  if (data instanceof Float64Array) return new ort.Tensor('float64', data, shape);
  return new ort.Tensor('uint8', data, shape);
}

const fromOrt = (tensor: ort.Tensor): Tensor => ({ data: tensor.data as TensorData, shape: tensor.dims });

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** ORT puts its own source places in front of what went wrong. */
function explain(error: unknown, what: string): ClozeError {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\/\S*?onnxruntime\/\S+ /g, '').trim();
  if (/alloc|out of memory/i.test(text)) {
    return new ClozeError('busy', `${what}: there is not enough memory.`, 'Use a smaller batch or shorter rows.', {
      cause: error,
    });
  }
  return new ClozeError('internal', `${what}: ${text}`, undefined, { cause: error });
}
