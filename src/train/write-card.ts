// Puts the model card into a run's folder, unless a person wrote one there.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { packageRoot } from '../base/package-root.ts';
import { BUNDLED, nameOnHub, resolveModel } from '../hub/resolve-model.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry } from '../protocol/runs.ts';
import { isGeneratedCard, licenseOf, type ModelCard, modelCard } from './model-card.ts';

export const CARD_FILE = 'README.md';

/** What a card says beside the log history. */
export type CardFacts = Omit<ModelCard, 'history'>;

/** Looked up when a run starts: hours later the base model, or this installation, may be gone. */
export async function cardFacts(args: TrainingArguments): Promise<CardFacts> {
  const model = args.model_name_or_path;
  const baseCard =
    model === null
      ? ''
      : await resolveModel(model)
          .then((folder) => readFile(join(folder, CARD_FILE), 'utf8'))
          .catch(() => '');
  return {
    name: args.hub_model_id?.split('/').at(-1) ?? basename(args.output_dir ?? model ?? 'model'),
    baseModel: model === null ? null : await nameOnHub(model),
    baseWords: model === null ? null : model === BUNDLED ? 'the small BERT that comes with Cloze' : 'another model',
    license: licenseOf(baseCard),
    args,
    versions: await versions(),
  };
}

/** The card for the model in `folder`: what a person wrote there stays, what a program wrote gives way. */
export async function cardText(folder: string, facts: CardFacts, history: readonly LogEntry[]): Promise<string> {
  const there = await readFile(join(folder, CARD_FILE), 'utf8').catch(() => null);
  return there !== null && !isGeneratedCard(there) ? there : modelCard({ ...facts, history });
}

export async function writeCard(folder: string, facts: CardFacts, history: readonly LogEntry[]): Promise<void> {
  await writeFileAtomic(join(folder, CARD_FILE), await cardText(folder, facts, history));
}

async function versions(): Promise<Record<string, string>> {
  const { version, dependencies } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Readonly<Record<string, string>>;
  };
  const named = ['onnxruntime-node', 'tokenizers'].map((name) => [name, dependencies[name] ?? ''] as const);
  return { Cloze: version, ...Object.fromEntries(named) };
}
