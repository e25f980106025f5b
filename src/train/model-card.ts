// README.md of a trained model, with the sections and figures of the card that Hugging Face's Trainer writes.
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry } from '../protocol/runs.ts';
import { pythonFloat } from './python-number.ts';
import { markdownTable, trainingResults } from './training-results.ts';

export interface ModelCard {
  readonly name: string;
  /** Name on the Hub of the model that was fine-tuned; null for one of this machine. */
  readonly baseModel: string | null;
  /** What to call the base model where it has no name on the Hub; null when there was none. */
  readonly baseWords: string | null;
  /** The base model's licence as the Hub writes it, such as `apache-2.0`. */
  readonly license: string | null;
  readonly args: TrainingArguments;
  readonly history: readonly LogEntry[];
  /** What it was made with: names and versions, in order. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Says that a program wrote the card: Trainer's own tag, by which the Hub and Cloze know such cards. */
const GENERATED_TAG = 'generated_from_trainer';

/** Metrics that the Hub has a name for. */
const HUB_METRICS: readonly string[] = ['Accuracy', 'F1', 'Precision', 'Recall'];

const UNKNOWN = 'More information needed';

export function modelCard(card: ModelCard): string {
  const { rows, evaluation } = trainingResults(card.history);
  const base = card.baseModel ? `[${card.baseModel}](https://huggingface.co/${card.baseModel})` : card.baseWords;
  const results = Object.entries(evaluation ?? {}).map(([name, value]) => `- ${name}: ${value}`);
  const sections = [
    `---\n${frontMatter(card, evaluation)}---\n`,
    '<!-- Cloze made this model card from what the training logged. Please check it, complete it, and then remove this\ncomment. -->\n',
    `# ${card.name}\n`,
    `This model ${base === null ? 'was trained from scratch' : `is a fine-tuned version of ${base}`} on an unknown dataset. It was trained with Cloze.\n${
      evaluation ? `It achieves the following results on the evaluation set:\n${results.join('\n')}\n` : ''
    }`,
    `## Model description\n\n${UNKNOWN}\n`,
    `## Intended uses & limitations\n\n${UNKNOWN}\n`,
    `## Training and evaluation data\n\n${UNKNOWN}\n`,
    '## Training procedure\n',
    '### Training hyperparameters\n',
    `The following hyperparameters were used during training:\n${hyperparameters(card.args).join('\n')}\n`,
    `### Training results\n\n${markdownTable(rows)}\n`,
    '### Framework versions\n',
    Object.entries(card.versions)
      .map(([name, version]) => `- ${name} ${version}\n`)
      .join(''),
  ];
  return sections.join('\n');
}

/** Whether a program wrote this card, so that a newer one may take its place: its front matter has Trainer's tag. */
export function isGeneratedCard(text: string): boolean {
  const front = /^---\r?\n(.*?)\r?\n---/s.exec(text)?.[1] ?? '';
  return new RegExp(`^\\s*(-|tags:.*\\b)\\s*['"]?${GENERATED_TAG}\\b`, 'm').test(front);
}

/** The licence that a card's front matter names. */
export function licenseOf(text: string): string | null {
  const front = /^---\r?\n(.*?)\r?\n---/s.exec(text)?.[1] ?? '';
  return /^license:\s*['"]?([\w.-]+)/m.exec(front)?.[1] ?? null;
}

/** As Trainer lists them (`extract_hyperparameters_from_trainer`). */
export function hyperparameters(args: TrainingArguments): string[] {
  const batch = args.per_device_train_batch_size;
  const accumulated = args.gradient_accumulation_steps;
  const betas = `betas=(${pythonFloat(args.adam_beta1)},${pythonFloat(args.adam_beta2)})`;
  const epsilon = `epsilon=${pythonFloat(args.adam_epsilon)}`;
  const warmup = args.warmup_steps > 0 ? args.warmup_steps : args.warmup_ratio;
  const listed: Record<string, string | number | null> = {
    learning_rate: pythonFloat(args.learning_rate),
    train_batch_size: batch,
    eval_batch_size: args.per_device_eval_batch_size,
    seed: args.seed,
    gradient_accumulation_steps: accumulated > 1 ? accumulated : null,
    total_train_batch_size: accumulated > 1 ? batch * accumulated : null,
    optimizer: `Use adamw_torch with ${betas} and ${epsilon} and optimizer_args=No additional optimizer arguments`,
    lr_scheduler_type: args.lr_scheduler_type,
    lr_scheduler_warmup_steps: warmup === 0 ? null : warmup,
    training_steps: args.max_steps > 0 ? args.max_steps : null,
    num_epochs: args.max_steps > 0 ? null : pythonFloat(args.num_train_epochs),
  };
  return Object.entries(listed)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `- ${name}: ${value}`);
}

function frontMatter({ name, baseModel, license }: ModelCard, evaluation: Readonly<Record<string, string>> | null) {
  const metrics = Object.keys(evaluation ?? {}).filter((metric) => HUB_METRICS.includes(metric));
  const lines = [
    'library_name: transformers',
    license && `license: ${yamlText(license)}`,
    baseModel && `base_model: ${yamlText(baseModel)}`,
    'tags:',
    `- ${GENERATED_TAG}`,
    metrics.length > 0 && 'metrics:',
    ...metrics.map((metric) => `- ${metric.toLowerCase()}`),
    'model-index:',
    `- name: ${yamlText(name)}`,
    '  results: []',
  ];
  return lines
    .filter((line) => typeof line === 'string' && line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

/** Plain where YAML reads it back as the same text, else in single quotes. */
function yamlText(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "''").replace(/\s+/g, ' ')}'`;
}
