// From config.json to the model it describes.
import { ClozeError } from '../base/errors.ts';
import type { Architecture, Blueprint } from './architecture.ts';
import { type Config, ConfigReader } from './config.ts';
import { architectureOf } from './registry.ts';

export interface Described {
  readonly architecture: Architecture;
  readonly blueprint: Blueprint;
}

/** `place`: how errors call the config. */
export function describeModel(config: Config, place: string): Described {
  const architecture = architectureOf(config.model_type, place);
  const reader = new ConfigReader(config, place);
  if (!reader.flag('tie_word_embeddings', true)) {
    throw new ClozeError(
      'unsupported',
      `${place}: tie_word_embeddings is false; Cloze trains models whose output layer is the word embedding.`,
      'Choose a model with tied embeddings, as the published checkpoints of these families have.',
    );
  }
  return { architecture, blueprint: architecture.blueprint(reader) };
}
