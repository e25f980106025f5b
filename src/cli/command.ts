// What a subcommand is, and how its flags are read: snake_case as in Python, hyphens accepted.
import { Command, CommanderError } from 'commander';
import { ClozeError } from '../base/errors.ts';

/** A subcommand of `cloze`. Its module is loaded only when it runs: add one line to main.ts's list. */
export interface CommandSpec {
  readonly name: string;
  readonly help: string;
  /** Declares flags and action on `command`. */
  load(): Promise<(command: Command) => void>;
}

/** A failed usage: the message was printed already. */
export class UsageError extends Error {}

/** `--mlm-probability` is `--mlm_probability`, where the command has that flag. */
export function withUnderscores(argv: readonly string[], command: Command): string[] {
  const known = new Set(command.options.map((option) => option.long));
  return argv.map((word) => {
    if (!word.startsWith('--')) return word;
    const [flag = '', ...value] = word.split('=');
    const name = `--${flag.slice(2).replaceAll('-', '_')}`;
    return known.has(name) ? [name, ...value].join('=') : word;
  });
}

/** Parses `argv` with one subcommand set up. Throws UsageError for wrong flags; the help is no error. */
export async function runCommand(spec: CommandSpec, argv: readonly string[]): Promise<void> {
  const command = new Command(`cloze ${spec.name}`).description(spec.help).exitOverride().allowExcessArguments(false);
  (await spec.load())(command);
  try {
    await command.parseAsync(withUnderscores(argv, command), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(error.message);
  }
}

/** A number flag. Throws ClozeError that names the flag. */
export function numberFlag(name: string, value: string | undefined, fallback: number, whole = false): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number) && (!whole || Number.isSafeInteger(number))) return number;
  throw new ClozeError('bad-argument', `--${name} is a ${whole ? 'whole ' : ''}number, not "${value}".`);
}

/** `--flag`, `--flag true` or `--flag false`. */
export function booleanFlag(name: string, value: string | boolean | undefined): boolean {
  if (value === undefined || value === false || value === 'false') return false;
  if (value === true || value === 'true') return true;
  throw new ClozeError('bad-argument', `--${name} is true or false, not "${value}".`);
}

/** One of `choices`. */
export function choiceFlag<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new ClozeError('bad-argument', `--${name} is one of ${choices.join(', ')}, not "${value}".`);
}
