// The engine process as the extension host starts it, built for a test.
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { packageRoot } from '../../src/base/package-root.ts';
import { EngineClient } from '../../src/host/engine-client.ts';

export interface TestEngine {
  readonly engine: EngineClient;
  /** Everything that it logged. */
  readonly lines: string[];
  /** Where it was built; gone after dispose. */
  readonly folder: string;
  dispose(): Promise<void>;
}

export async function buildEngine(): Promise<TestEngine> {
  const root = packageRoot();
  // within the project, so that its native packages are found
  const folder = await mkdtemp(join(root, 'node_modules/.engine-test-'));
  await esbuild.build({
    entryPoints: { engine: join(root, 'src/engine/main.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  const engine = new EngineClient(join(folder, 'engine.mjs'), { debug: keep, info: keep, warn: keep, error: keep });
  return {
    engine,
    lines,
    folder,
    async dispose() {
      engine.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
