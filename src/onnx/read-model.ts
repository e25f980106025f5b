// Reads an .onnx file and the weights beside it, and nothing outside its folder.
import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { ClozeError, systemCode } from '../base/errors.ts';
import { decodeModel, type ExternalData } from './decode.ts';
import type { Graph } from './graph.ts';

export function readModel(path: string): Graph {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ClozeError('not-found', `${path} cannot be read (${systemCode(error)}).`, undefined, { cause: error });
  }
  return decodeModel(bytes, { place: path, readExternal: (data) => readBeside(path, data) });
}

/**
 * The file that `model` keeps weights in. A model file may come from anywhere: its weights may not, by `..`, an absolute
 * path or a link, lie elsewhere.
 */
export function fileBeside(model: string, location: string): string {
  const folder = realpathSync(dirname(model));
  const outside = new ClozeError(
    'bad-input',
    `${model} keeps weights in "${location}", outside its own folder.`,
    'Put the file beside the model and export it again.',
  );
  const wanted = resolve(folder, location);
  if (isAbsolute(location) || !within(folder, wanted)) throw outside;
  let real: string;
  try {
    real = realpathSync(wanted);
  } catch (error) {
    throw new ClozeError('not-found', `${model} needs ${wanted}, which is not there.`, 'Download it too.', {
      cause: error,
    });
  }
  if (!within(folder, real)) throw outside;
  return real;
}

function readBeside(model: string, { location, offset, length }: ExternalData): Uint8Array {
  const real = fileBeside(model, location);
  const file = openSync(real, 'r');
  try {
    const { size } = fstatSync(file);
    const count = length ?? size - offset;
    if (
      !Number.isSafeInteger(offset) ||
      !Number.isSafeInteger(count) ||
      offset < 0 ||
      count < 0 ||
      offset + count > size
    ) {
      throw new ClozeError(
        'bad-input',
        `${model} asks for bytes ${offset} to ${offset + count} of ${real}, which has ${size}.`,
      );
    }
    const bytes = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const read = readSync(file, bytes, done, Math.min(1 << 28, count - done), offset + done);
      if (read === 0) throw new ClozeError('bad-input', `${real} ended while it was read.`);
      done += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

function within(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
