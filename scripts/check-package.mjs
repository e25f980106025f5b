// Opens a finished .vsix and checks what is inside: one platform's native binaries, the built files, nothing else.
import yauzl from 'yauzl';

const NATIVE = /\.(node|so(\.\d+)*|dylib|dll|exe)$/;
const NEVER = [/^src\//, /^test\//, /^scripts\//, /^webview\//, /\.map$/, /(^|\/)\.env/, /\.ts$/, /tsconfig/, /\.log$/];
const ALWAYS = [
  ...['package.json', 'readme.md', 'changelog.md', 'LICENSE.txt', 'NOTICE', 'dist/THIRD-PARTY-LICENSES.txt'],
  ...['dist/extension.cjs', 'dist/engine.mjs', 'dist/trainer.mjs', 'dist/cli.js', 'bin/cloze', 'bin/cloze.cmd'],
  ...['dist/webview/masking.js', 'dist/webview/training.js', 'dist/webview/chart.js'],
  ...['media/model/config.json', 'media/model/model.safetensors', 'media/model/tokenizer.json'],
  ...['media/demo/train.txt', 'media/demo/validation.txt'],
];

/** Throws one Error that names everything wrong; resolves to the number of files. */
export async function checkPackage(vsix, target, { tokenizers }, manifest) {
  const [os, arch] = target.split('-');
  const places = {
    'ONNX Runtime': `node_modules/onnxruntime-node/bin/napi-v6/${os}/${arch}/`,
    tokenizers: `node_modules/tokenizers/tokenizers.${tokenizers}.node`,
    DuckDB: `node_modules/@duckdb/node-bindings-${target}/`,
  };
  const files = (await listZip(vsix))
    .filter((name) => name.startsWith('extension/') && !name.endsWith('/'))
    .map((name) => name.slice('extension/'.length));
  const natives = files.filter((file) => NATIVE.test(file));
  const problems = [];
  for (const [name, place] of Object.entries(places)) {
    if (!natives.some((file) => file.startsWith(place) && file.endsWith('.node')))
      problems.push(`no ${name} binary in ${place}`);
  }
  for (const file of natives) {
    if (!Object.values(places).some((place) => file.startsWith(place))) problems.push(`${file} is not for ${target}`);
  }
  for (const file of [...ALWAYS, ...pathsIn(manifest)]) if (!files.includes(file)) problems.push(`${file} is missing`);
  for (const file of files) {
    if (NEVER.some((pattern) => pattern.test(file)) && !file.startsWith('media/demo'))
      problems.push(`${file} does not belong inside`);
  }
  if (problems.length > 0) throw new Error(`${vsix} is not right:\n  ${problems.join('\n  ')}`);
  return files.length;
}

/** Every file that the manifest names: entry point, icons, walkthrough pages. */
export function pathsIn(manifest) {
  const found = new Set();
  const walk = (value) => {
    if (typeof value === 'string' && /^(\.\/)?(dist|media)\/[\w./-]+\.\w+$/.test(value))
      found.add(value.replace(/^\.\//, ''));
    else if (value && typeof value === 'object') Object.values(value).forEach(walk);
  };
  walk(manifest);
  return [...found];
}

function listZip(file) {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: false }, (error, zip) => {
      if (error) return reject(error);
      const names = [];
      zip.on('entry', (entry) => names.push(entry.fileName));
      zip.on('end', () => resolve(names));
      zip.on('error', reject);
    });
  });
}
