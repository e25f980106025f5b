// The architectures, by config.json's model_type: one file and one line each.
import { ClozeError } from '../base/errors.ts';
import type { Architecture } from './architecture.ts';
import { albert } from './architectures/albert.ts';
import { bert } from './architectures/bert.ts';
import { distilbert } from './architectures/distilbert.ts';
import { electra } from './architectures/electra.ts';
import { modernbert } from './architectures/modernbert.ts';
import { roberta } from './architectures/roberta.ts';

const ARCHITECTURES: readonly Architecture[] = [bert, distilbert, roberta, albert, electra, modernbert];

export const knownModelTypes = (): readonly string[] => ARCHITECTURES.flatMap(({ modelTypes }) => modelTypes);

export function architectureOf(modelType: unknown, place: string): Architecture {
  const architecture = ARCHITECTURES.find(({ modelTypes }) => modelTypes.some((known) => known === modelType));
  if (architecture) return architecture;
  const found = modelType === undefined ? 'names no model_type' : `has the model_type ${JSON.stringify(modelType)}`;
  throw new ClozeError('unsupported', `${place} ${found}.`, `Cloze knows ${knownModelTypes().join(', ')}.`);
}
