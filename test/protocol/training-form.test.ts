// The form's knowledge of its arguments: what is modified, what is found, how it reads as a command.
import assert from 'node:assert/strict';
import test from 'node:test';
import { resolveArguments } from '../../src/protocol/resolve-arguments.ts';
import {
  FORM_ARGUMENTS,
  fieldValue,
  isModified,
  matches,
  modifiedValues,
  trainCommand,
} from '../../src/protocol/training-form.ts';
import type { FormValues } from '../../src/protocol/training-page.ts';

const spec = (name: string) => {
  const found = FORM_ARGUMENTS.find((argument) => argument.name === name);
  assert.ok(found, name);
  return found;
};

test('untouched, every field shows its default and nothing is modified', () => {
  assert.deepEqual(modifiedValues({}), {});
  assert.equal(fieldValue(spec('learning_rate'), {}), '0.00005');
  const shown = Object.fromEntries(FORM_ARGUMENTS.map((argument) => [argument.name, fieldValue(argument, {})]));
  assert.deepEqual(modifiedValues(shown), {});
});

test('the same number in another notation is the default still', () => {
  assert.equal(isModified(spec('learning_rate'), { learning_rate: ' 5e-5 ' }), false);
  assert.equal(isModified(spec('learning_rate'), { learning_rate: '5e-4' }), true);
  assert.equal(isModified(spec('line_by_line'), { line_by_line: true }), true);
  assert.equal(isModified(spec('train_file'), { train_file: [' '] }), false);
});

test('what is modified resolves to typed arguments; what another version remembered is dropped', () => {
  const values: FormValues = { train_file: ['a.txt ', ''], learning_rate: '1e-3', line_by_line: true, gone: 'x' };
  const { args } = resolveArguments(modifiedValues(values));
  assert.deepEqual([args?.train_file, args?.learning_rate, args?.line_by_line], [['a.txt'], 0.001, true]);
});

test('the search finds arguments by name, in words, and by their help', () => {
  const found = (words: string) =>
    FORM_ARGUMENTS.filter((argument) => matches(argument, words)).map(({ name }) => name);
  assert.ok(found('learning rate').includes('learning_rate'));
  assert.deepEqual(found('mlm_prob'), ['mlm_probability']);
  assert.ok(found('warm-up').includes('warmup_steps'));
  assert.deepEqual(found('nosuchthing'), []);
});

test('as a command, quoted for the shell that will read it', () => {
  const values: FormValues = {
    model_name_or_path: 'my models/bert',
    train_file: ['data/a.txt', "it's.txt"],
    line_by_line: true,
    learning_rate: '1e-3',
    num_train_epochs: '3',
  };
  assert.equal(
    trainCommand(values, 'posix'),
    "cloze train --model_name_or_path 'my models/bert' --train_file data/a.txt 'it'\\''s.txt' --line_by_line --learning_rate 1e-3",
  );
  assert.equal(
    trainCommand({ train_file: ['C:\\My Data\\a.txt', 'b\\c.txt'] }, 'windows'),
    'cloze train --train_file "C:\\My Data\\a.txt" b\\c.txt',
  );
});
