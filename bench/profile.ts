// Reads the profiles that ONNX Runtime writes: milliseconds by kind of work.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const KINDS: readonly (readonly [string, RegExp])[] = [
  ['matrix products', /Gemm|MatMul/],
  ['softmax, norms, GELU', /Softmax|LayerNorm|Gelu|Erf|SkipLayer|Reduce|Sqrt|Pow|Exp|Log|Tanh/],
  ['moving data', /Gather|Transpose|Reshape|Concat|Split|Slice|Unsqueeze|Squeeze|Identity|Scatter|Expand|Copy/],
  ['elementwise', /.*/],
];

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Milliseconds a run by kind, over the last `runs` runs of the profile in `folder` whose name starts with `prefix`. */
export function readProfile(folder: string, prefix: string, runs: number): Record<string, number> {
  const file = readdirSync(folder).find((name) => name.startsWith(prefix));
  if (!file) throw new Error(`No profile starts with ${prefix}.`);
  const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Event[];
  const ends = [...events.keys()].filter((i) => events[i]?.name === 'model_run');
  const from = ends.at(-runs - 1) ?? 0;
  const times: Record<string, number> = {};
  for (const { cat, dur, args } of events.slice(from + 1)) {
    if (cat !== 'Node' || !args?.op_name) continue;
    const kind = KINDS.find(([, pattern]) => pattern.test(args.op_name ?? ''))?.[0] ?? '';
    times[kind] = (times[kind] ?? 0) + dur / 1000 / runs;
  }
  times.all = ends.slice(-runs).reduce((sum, i) => sum + (events[i]?.dur ?? 0), 0) / 1000 / runs;
  return times;
}
