// Two models side by side: how far each tensor moved, and what differs in config and vocabulary.
import { breathe } from '../base/cancellation.ts';
import { type Config, readConfig } from '../models/config.ts';
import type { Comparison, ConfigChange, TensorChange, VocabularyChange } from '../protocol/model.ts';
import { readTokenizerJson } from '../tokenize/model-folder.ts';
import type { InspectOptions } from './model-report.ts';
import type { Numbers } from './numbers.ts';
import { openTensors } from './tensor-files.ts';
import type { TensorView } from './tensor-view.ts';

export type { Comparison } from '../protocol/model.ts';

export async function compareModels(a: string, b: string, options: InspectOptions = {}): Promise<Comparison> {
  const left = await openTensors(a);
  try {
    const right = await openTensors(b);
    try {
      const inB = new Map(right.tensors.map((tensor) => [tensor.name, tensor]));
      const inA = new Set(left.tensors.map(({ name }) => name));
      const pairs = left.tensors.flatMap((tensor) => {
        const other = inB.get(tensor.name);
        return other ? [[tensor, other] as const] : [];
      });
      const alike = pairs.filter(([one, other]) => one.shape.join() === other.shape.join());
      const [configA, configB] = await Promise.all(
        [left, right].map(({ folder }) => readConfig(folder).catch(() => null)),
      );
      return {
        tensors: await changes(alike, options),
        only_in_a: left.tensors.filter(({ name }) => !inB.has(name)).map(({ name }) => name),
        only_in_b: right.tensors.filter(({ name }) => !inA.has(name)).map(({ name }) => name),
        reshaped: pairs
          .filter((pair) => !alike.includes(pair))
          .map(([one, other]) => ({ name: one.name, a: one.shape, b: other.shape })),
        config: configA && configB ? configChanges(configA, configB) : null,
        vocabulary: await vocabularyChange(left.folder, right.folder),
      };
    } finally {
      await right.close();
    }
  } finally {
    await left.close();
  }
}

async function changes(
  pairs: readonly (readonly [TensorView, TensorView])[],
  { signal, onProgress }: InspectOptions,
): Promise<TensorChange[]> {
  const total = pairs.reduce((sum, [{ bytes }]) => sum + bytes, 0);
  const found: TensorChange[] = [];
  let done = 0;
  for (const [one, other] of pairs) {
    onProgress?.(done / Math.max(1, total), one.name);
    const sums = { aa: 0, bb: 0, ab: 0, apart: 0 };
    for await (const [a, b] of together(one.pieces(), other.pieces())) {
      addUp(a, b, sums);
      await breathe(signal);
    }
    const { aa, bb, ab, apart } = sums;
    found.push({
      name: one.name,
      shape: one.shape,
      relative_change: aa > 0 ? Math.sqrt(apart / aa) : null,
      cosine: aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null,
    });
    done += one.bytes;
  }
  return found.sort((a, b) => (b.relative_change ?? -1) - (a.relative_change ?? -1));
}

function addUp(a: Numbers, b: Numbers, sums: { aa: number; bb: number; ab: number; apart: number }): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    const far = y - x;
    // NaN, or infinite
    if (far - far !== 0) continue;
    sums.aa += x * x;
    sums.bb += y * y;
    sums.ab += x * y;
    sums.apart += far * far;
  }
}

/** Pieces of two tensors of one shape, cut so that each pair is equally long: element types may differ. */
async function* together(
  a: AsyncIterable<Numbers>,
  b: AsyncIterable<Numbers>,
): AsyncGenerator<readonly [Numbers, Numbers]> {
  const others = b[Symbol.asyncIterator]();
  let rest: Numbers = new Float32Array(0);
  for await (const piece of a) {
    for (let at = 0; at < piece.length; ) {
      if (rest.length === 0) {
        const next = await others.next();
        if (next.done) return;
        rest = next.value;
      }
      const count = Math.min(piece.length - at, rest.length);
      yield [piece.subarray(at, at + count), rest.subarray(0, count)];
      rest = rest.subarray(count);
      at += count;
    }
  }
}

function configChanges(a: Config, b: Config): ConfigChange[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names
    .filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
    .map((name) => ({ name, a: a[name] ?? null, b: b[name] ?? null }));
}

async function vocabularyChange(a: string, b: string): Promise<VocabularyChange | null> {
  const [one, other] = await Promise.all([a, b].map((folder) => vocabularyOf(folder).catch(() => null)));
  if (!one || !other) return null;
  return {
    only_in_a: [...one.keys()].filter((token) => !other.has(token)),
    only_in_b: [...other.keys()].filter((token) => !one.has(token)),
    renumbered: [...one].filter(([token, id]) => other.has(token) && other.get(token) !== id).length,
  };
}

/** Ids by token, added tokens included. */
async function vocabularyOf(folder: string): Promise<ReadonlyMap<string, number>> {
  const { model, added_tokens } = (await readTokenizerJson(folder)) as {
    model?: { vocab?: Record<string, number> | [string, number][] };
    added_tokens?: { content: string; id: number }[];
  };
  const vocab = model?.vocab ?? {};
  // Unigram: pieces with their scores, in the order of their ids
  const ids = Array.isArray(vocab) ? vocab.map(([piece], id) => [piece, id] as const) : Object.entries(vocab);
  return new Map([...ids, ...(added_tokens ?? []).map(({ content, id }) => [content, id] as const)]);
}
