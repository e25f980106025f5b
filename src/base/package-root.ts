// Where Cloze itself is installed: the folder that holds package.json, dist/ and media/.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder, found upwards from this file, be it in src/ or bundled into dist/. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Cloze is not installed whole: package.json is missing. Install it again.');
    folder = parent;
  }
  return folder;
}
