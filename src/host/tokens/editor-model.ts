// The model whose tokenizer reads along in editors.

import { defaultModel } from '../masking/settings.ts';
import type { Services } from '../services.ts';

/** The setting's, else the bundled one. */
export function editorModel({ context }: Services): string {
  return defaultModel() || context.asAbsolutePath('media/model');
}
