// The header of a .safetensors file, read strictly: the file may come from anywhere.
import { ClozeError } from '../base/errors.ts';

/** Element types that are read, with their bytes an element. */
const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;
export type SafetensorsType = keyof typeof ELEMENT_BYTES;

export interface TensorEntry {
  readonly name: string;
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  /** First byte and end, counted from the file's start. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit. */
export const MAX_HEADER_BYTES = 100_000_000;
/** More than any model has: the largest have some ten thousand. */
const MAX_TENSORS = 200_000;

/** The length of the header in bytes, from the file's first 8 bytes. */
export function headerLength(first8: Uint8Array, fileSize: number, path: string): number {
  if (first8.length < 8) throw broken(path, `it has only ${fileSize} bytes`);
  const length = new DataView(first8.buffer, first8.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw broken(path, `its header claims ${length} bytes`);
  if (length < 2n || Number(length) + 8 > fileSize) {
    throw broken(path, `its header claims ${length} bytes, the file has ${fileSize}`);
  }
  return Number(length);
}

/** Checks that the tensors agree with their shapes and fill the file without hole or overlap. */
export function parseHeader(json: Uint8Array, fileSize: number, path: string): SafetensorsHeader {
  let header: unknown;
  let described = 0;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(json);
    for (const _ of text.matchAll(/"data_offsets"\s*:\s*\[/g)) {
      if (++described > MAX_TENSORS) break;
    }
    header = described > MAX_TENSORS ? null : JSON.parse(text);
  } catch (error) {
    throw broken(path, `its header is not JSON (${(error as Error).message})`);
  }
  if (described > MAX_TENSORS)
    throw broken(path, `its header names more than ${MAX_TENSORS.toLocaleString('en')} tensors`);
  if (!isObject(header)) throw broken(path, 'its header is not an object');
  const start = 8 + json.length;
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw broken(path, 'its __metadata__ is not a list of texts');
  }
  // JSON.parse keeps the last of two that have the same name
  if (described > Object.keys(rest).length) throw broken(path, 'its header names a tensor twice');
  const entries = Object.entries(rest).map(([name, value]) => readEntry(name, value, start, path));
  checkCoverage(entries, start, fileSize, path);
  return {
    tensors: new Map(entries.map((entry) => [entry.name, entry])),
    metadata: metadata as Record<string, string>,
  };
}

function readEntry(name: string, value: unknown, start: number, path: string): TensorEntry {
  const wrong = (what: string) => broken(path, `tensor "${name.slice(0, 200)}" ${what}`);
  if (!isObject(value)) throw wrong('has no description');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    throw wrong(`has the element type ${JSON.stringify(dtype)?.slice(0, 40)}`);
  }
  if (!isSizes(shape)) throw wrong('has a shape that is not a list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) throw wrong('has no two data_offsets');
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype as SafetensorsType]);
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes) {
    throw wrong(`takes ${end - begin} bytes, but ${dtype} [${shape}] needs ${bytes}`);
  }
  return { name, dtype: dtype as SafetensorsType, shape, begin: start + begin, end: start + end };
}

function checkCoverage(entries: readonly TensorEntry[], start: number, fileSize: number, path: string): void {
  let at = start;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      throw broken(path, `tensor "${name}" ${begin < at ? 'overlaps another' : 'leaves a hole before it'}`);
    at = end;
  }
  if (at !== fileSize) {
    throw broken(
      path,
      at > fileSize ? `it ends ${at - fileSize} bytes early` : `${fileSize - at} bytes follow its tensors`,
    );
  }
}

const broken = (path: string, what: string) =>
  new ClozeError('bad-input', `${path} is not a sound safetensors file: ${what}.`, 'Download or save it again.');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
