// Writes a graph as an .onnx file part by part: the file may be as large as ONNX allows, memory need not be.

import { replaceAtomic, writeAll } from '../base/atomic.ts';
import { breathe } from '../base/cancellation.ts';
import { ClozeError } from '../base/errors.ts';
import { encodeInParts } from './encode.ts';
import type { Graph } from './graph.ts';

/** Protobuf's limit of one message. */
const LARGEST = 2 ** 31 - 1;

export interface WriteModelOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((written: number, total: number) => void) | undefined;
}

/** Bytes of the file. Throws ClozeError where it would be larger than a file of ONNX can be. */
export function modelFileSize(graph: Graph, path: string): number {
  const { bytes } = encodeInParts(graph);
  if (bytes <= LARGEST) return bytes;
  throw new ClozeError(
    'unsupported',
    `${path} would have ${(bytes / 1e9).toFixed(1)} GB; one ONNX file holds 2.1 GB at most.`,
    'Export the 8-bit model only: q8 is a quarter of the size.',
  );
}

/** Replaces `path` whole: whatever interrupts this leaves the old file. -> its bytes */
export async function writeModel(path: string, graph: Graph, options: WriteModelOptions = {}): Promise<number> {
  const total = modelFileSize(graph, path);
  let written = 0;
  await replaceAtomic(path, async (file) => {
    for (const part of encodeInParts(graph).parts()) {
      await writeAll(file, part);
      written += part.length;
      options.onProgress?.(written, total);
      await breathe(options.signal);
    }
  });
  return written;
}
