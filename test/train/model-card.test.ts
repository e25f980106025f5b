// The model card says what Trainer's says of the same training.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { resolveArguments, type TrainingArguments } from '../../src/protocol/resolve-arguments.ts';
import type { LogEntry } from '../../src/protocol/runs.ts';
import { hyperparameters, isGeneratedCard, licenseOf, type ModelCard, modelCard } from '../../src/train/model-card.ts';
import { pythonFloat } from '../../src/train/python-number.ts';
import { markdownTable, trainingResults } from '../../src/train/training-results.ts';

/** Recorded from transformers.modelcard. */
interface Recorded {
  readonly histories: readonly {
    readonly name: string;
    readonly log_history: readonly LogEntry[];
    readonly table: string;
    readonly results: readonly string[] | null;
  }[];
  readonly arguments: readonly {
    readonly name: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly lines: readonly string[];
  }[];
  readonly cards: readonly {
    readonly model_name: string;
    readonly base_model: string;
    readonly license: string | null;
    readonly log_history: string;
    readonly card: string;
  }[];
}

const recorded: Recorded = JSON.parse(readFileSync(new URL('../parity/model-card.json', import.meta.url), 'utf8'));

function argumentsOf(given: Readonly<Record<string, unknown>>): TrainingArguments {
  const { args, errors } = resolveArguments({ train_file: 'x.txt', ...given });
  if (!args) throw new Error(JSON.stringify(errors));
  return args;
}

describe('the results of a log history, as Python reads them', () => {
  for (const { name, log_history, table, results } of recorded.histories) {
    it(name, () => {
      const { rows, evaluation } = trainingResults(log_history);
      assert.equal(markdownTable(rows), table);
      if (name === 'with total_flos in an evaluation') return; // Python lists it as a metric, by oversight
      const lines = evaluation && Object.entries(evaluation).map(([metric, value]) => `- ${metric}: ${value}`);
      assert.deepEqual(lines, results);
    });
  }

  it('a run that still goes on is told as far as it is', () => {
    const { log_history = [] } = recorded.histories.find(({ name }) => name === 'epochs') ?? {};
    const until = log_history.findIndex(({ train_runtime }) => train_runtime !== undefined);
    const { rows, evaluation } = trainingResults(log_history.slice(0, until));
    assert.equal(markdownTable(rows), recorded.histories.find(({ name }) => name === 'epochs')?.table);
    assert.deepEqual(evaluation, { Loss: '6.1562' });
  });
});

describe('hyperparameters, as Python lists them', () => {
  for (const { name, args, lines } of recorded.arguments) {
    it(name, () => assert.deepEqual(hyperparameters(argumentsOf(args)), lines));
  }
});

describe('the whole card', () => {
  const cardOf = ({ model_name, base_model, license, log_history }: Recorded['cards'][number]): ModelCard => ({
    name: model_name,
    baseModel: base_model,
    baseWords: 'another model',
    license,
    args: argumentsOf({}),
    history: recorded.histories.find(({ name }) => name === log_history)?.log_history ?? [],
    versions: { Cloze: '0.1.0', 'onnxruntime-node': '1.30.0' },
  });

  for (const sample of recorded.cards) {
    it(`of ${sample.model_name} has Python's front matter, headings and results`, () => {
      const ours = modelCard(cardOf(sample));
      const front = (card: string) => card.slice(0, card.indexOf('\n---\n'));
      const headings = (card: string) => card.match(/^#+ .*$/gm);
      const part = (card: string, from: string, to: string) =>
        card.slice(card.indexOf(`### ${from}`), card.indexOf(`### ${to}`));
      assert.equal(front(ours), front(sample.card));
      assert.deepEqual(headings(ours), headings(sample.card));
      assert.equal(
        part(ours, 'Training results', 'Framework versions'),
        part(sample.card, 'Training results', 'Framework versions'),
      );
      assert.deepEqual(ours.match(/^- (Loss|Accuracy): .*$/gm), sample.card.match(/^- (Loss|Accuracy): .*$/gm));
      assert.match(ours, /Cloze 0\.1\.0\n- onnxruntime-node 1\.30\.0\n$/);
    });
  }

  it('of a model of this machine names no model of the Hub', () => {
    const [sample] = recorded.cards;
    assert.ok(sample);
    const card = modelCard({ ...cardOf(sample), baseModel: null });
    assert.doesNotMatch(card, /base_model|huggingface\.co/);
  });

  it("is known as generated, as Python's is; one that a person wrote is not", () => {
    for (const sample of recorded.cards) {
      assert.ok(isGeneratedCard(sample.card));
      assert.ok(isGeneratedCard(modelCard(cardOf(sample))));
      assert.equal(licenseOf(sample.card), sample.license);
    }
    assert.ok(isGeneratedCard('---\r\ntags: [bert, generated_from_trainer]\r\n---\r\n# x'));
    assert.ok(!isGeneratedCard('# My model\n\n- generated_from_trainer\n'));
    assert.ok(!isGeneratedCard('---\ntags:\n- bert\n---\n\ngenerated_from_trainer'));
  });
});

it('floats are written as Python writes them', () => {
  const expected = {
    '5e-05': 5e-5,
    '0.0001': 1e-4,
    '1e-08': 1e-8,
    '1e+16': 1e16,
    '123456789.0': 123456789,
    '0.00012345': 0.00012345,
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(pythonFloat(value), text);
});
