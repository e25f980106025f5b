// The architectures, by config.json's model_type: one file and one line each.
import { ClozeError } from '../base/errors.ts';
import type { Architecture } from './architecture.ts';
import { bert } from './bert.ts';

const ARCHITECTURES: readonly Architecture[] = [bert];

export const knownModelTypes = (): readonly string[] => ARCHITECTURES.map(({ modelType }) => modelType);

export function architectureOf(modelType: unknown, place: string): Architecture {
  const architecture = ARCHITECTURES.find((known) => known.modelType === modelType);
  if (architecture) return architecture;
  const found = modelType === undefined ? 'names no model_type' : `has the model_type ${JSON.stringify(modelType)}`;
  throw new ClozeError('unsupported', `${place} ${found}.`, `Cloze knows ${knownModelTypes().join(', ')}.`);
}
