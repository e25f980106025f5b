// hub.*: what of a run is shared, whose the token is, and the upload. The token comes with the call and stays in memory.
import { basename } from 'node:path';
import { push, repoFor } from '../../hub/push.ts';
import { modelFiles } from '../../hub/push-files.ts';
import { requireToken } from '../../hub/token.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { readRunFile } from '../../runs/files.ts';
import { refuseLiveRun } from '../../runs/read-run.ts';

type Hub = Handlers<EngineContract>;

export const files: Hub['hub.files'] = async ({ folder }) => {
  await refuseLiveRun(folder);
  return (await modelFiles(folder)).map(({ path, size }) => ({ path, size }));
};

export const hasToken: Hub['hub.hasToken'] = async ({ token }) => {
  await requireToken(token);
  return true;
};

export const suggest: Hub['hub.suggest'] = async ({ folder, token }, { signal }) => {
  const wanted = (await readRunFile(folder).catch(() => null))?.args.hub_model_id;
  return repoFor(typeof wanted === 'string' ? wanted : null, basename(folder), await requireToken(token), { signal });
};

export const upload: Hub['hub.push'] = async ({ folder, repo, isPrivate, paths, token }, { signal, progress }) => {
  await refuseLiveRun(folder);
  const chosen = (await modelFiles(folder)).filter(({ path }) => paths.includes(path));
  const request = { repo, isPrivate, files: chosen, message: 'Upload with Cloze', token: await requireToken(token) };
  return push(request, { signal, onProgress: progress });
};
