// Reading config.json with errors that name the setting.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClozeError, systemCode } from '../base/errors.ts';

export type Config = Readonly<Record<string, unknown>>;

/** `place`: a model folder, or the file itself. */
export async function readConfig(place: string): Promise<Config> {
  const path = place.endsWith('.json') ? place : join(place, 'config.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';
    throw new ClozeError(
      missing ? 'not-found' : 'bad-input',
      missing
        ? `${place.endsWith('.json') ? dirname(place) : place} holds no config.json.`
        : `${path} cannot be read (${systemCode(error)}).`,
      'Choose a Hugging Face model folder: config.json, model.safetensors and tokenizer.json.',
      { cause: error },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ClozeError('bad-input', `${path} is not JSON: ${(error as Error).message}.`, 'Download it again.', {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ClozeError('bad-input', `${path} is not a JSON object.`, 'Download it again.');
  }
  return value as Config;
}

/** Asks a config for settings of the right kind; `place` is how errors call it. */
export class ConfigReader {
  constructor(
    readonly config: Config,
    private readonly place: string,
  ) {}

  /** A whole number of at least `least`. */
  size(name: string, otherwise?: number, least = 1): number {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > 2 ** 31) {
      throw this.wrong(name, value, `a whole number of at least ${least}`);
    }
    return value;
  }

  number(name: string, otherwise?: number): number {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(name, value, 'a number');
    return value;
  }

  probability(name: string, otherwise?: number): number {
    const value = this.number(name, otherwise);
    if (value < 0 || value >= 1) throw this.wrong(name, value, 'at least 0 and below 1');
    return value;
  }

  string(name: string, otherwise?: string): string {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'string') throw this.wrong(name, value, 'a text');
    return value;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'boolean') throw this.wrong(name, value, 'true or false');
    return value;
  }

  wrong(name: string, value: unknown, expected: string): ClozeError {
    const found = value === undefined || value === null ? 'is missing' : `is ${JSON.stringify(value)}`;
    return new ClozeError(
      'bad-input',
      `${this.place}: ${name} ${found}; expected ${expected}.`,
      'Correct config.json.',
    );
  }
}
