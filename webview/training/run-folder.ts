// Where the run will lie, told before it starts.
import type { TrainingPageState } from '../../src/protocol/training-page.ts';

export function runFolder({ values, runsFolder, workspace }: TrainingPageState): string {
  const own = String(values.output_dir ?? '').trim();
  if (own !== '') return `Run folder: ${own}`;
  const inside =
    workspace !== null && runsFolder.startsWith(workspace) ? runsFolder.slice(workspace.length + 1) : runsFolder;
  const files = values.train_file;
  const file = Array.isArray(files) ? String(files[0] ?? '') : '';
  const named = [values.model_name_or_path, values.config_name].map((value) => String(value ?? '').trim());
  const model = nameOf(named.find((name) => name !== '') ?? 'bundled', false);
  const data = file.trim() === '' ? '<data>' : nameOf(file.trim(), true);
  const separator = runsFolder.includes('\\') ? '\\' : '/';
  return `Run folder: ${[inside, `${model}-${data}-<time>`].join(separator)}`;
}

function nameOf(path: string, withoutType: boolean): string {
  const name = path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
  return withoutType ? name.replace(/\.[^.]+$/, '') : name;
}
