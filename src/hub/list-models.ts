// The models that can be chosen on this machine.
import { access, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelChoice } from '../protocol/masking.ts';
import { cachedModels } from './cache.ts';
import { bundledModel } from './resolve-model.ts';

/** The bundled model, then models in `folders` (each a model or a folder of models), then the Hugging Face cache. */
export async function listModels(folders: readonly string[]): Promise<ModelChoice[]> {
  const bundled = await choice(bundledModel(), 'Cloze BERT (bundled)', 'bundled');
  const named = await Promise.all(folders.map(modelsIn));
  const cached = await Promise.all((await cachedModels()).map(({ repo, path }) => choice(path, repo, 'hf-cache')));
  const all = [bundled, ...named.flat(), ...cached].filter((model) => model !== null);
  return all.filter((model, i) => all.findIndex(({ path }) => path === model.path) === i);
}

async function modelsIn(folder: string): Promise<(ModelChoice | null)[]> {
  const own = await choice(folder, basename(folder), 'setting');
  if (own) return [own];
  const children = await readdir(folder).catch(() => []);
  return Promise.all(children.map((name) => choice(join(folder, name), `${basename(folder)}/${name}`, 'setting')));
}

/** null where the folder has no tokenizer: nothing could be shown. */
async function choice(path: string, label: string, source: ModelChoice['source']): Promise<ModelChoice | null> {
  if (!(await there(join(path, 'tokenizer.json')))) return null;
  const config = await readFile(join(path, 'config.json'), 'utf8')
    .then((text) => JSON.parse(text) as { model_type?: unknown; architectures?: unknown })
    .catch(() => null);
  const weights =
    (await there(join(path, 'model.safetensors'))) || (await there(join(path, 'model.safetensors.index.json')));
  const masked =
    Array.isArray(config?.architectures) &&
    config.architectures.some((name) => /MaskedLM|ForPreTraining/.test(String(name)));
  return {
    path,
    label,
    source,
    ...(typeof config?.model_type === 'string' ? { modelType: config.model_type } : {}),
    canPredict: weights && masked,
  };
}

async function there(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
