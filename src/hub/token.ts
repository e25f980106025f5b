// The user's Hugging Face token: where huggingface_hub looks for it. It is handed on in memory only.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClozeError } from '../base/errors.ts';

export const TOKEN_PAGE = 'https://huggingface.co/settings/tokens';

/** `explicit` (VS Code's secret storage), HF_TOKEN, HUGGING_FACE_HUB_TOKEN, the file that `hf auth login` writes. */
export async function findToken(
  explicit: string | undefined = undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  for (const token of [explicit, env.HF_TOKEN, env.HUGGING_FACE_HUB_TOKEN]) if (token?.trim()) return token.trim();
  const saved = await readFile(tokenFile(env), 'utf8').catch(() => '');
  return saved.trim() || null;
}

/** As {@link findToken}. Throws ClozeError 'no-access' with the ways to get one. */
export async function requireToken(explicit?: string): Promise<string> {
  const token = await findToken(explicit);
  if (!token) {
    throw new ClozeError(
      'no-access',
      'Sharing needs a Hugging Face token, and there is none.',
      `Make one with write access at ${TOKEN_PAGE} and set it as HF_TOKEN, with hf auth login, or with Cloze: Set Hugging Face Token.`,
    );
  }
  // nothing that a request's header would refuse, and name in its refusal
  if (!/^hf_[\x21-\x7e]+$/.test(token)) {
    throw new ClozeError(
      'no-access',
      'What is set as Hugging Face token is none: tokens begin with "hf_" and have no spaces or line breaks.',
      `Copy one from ${TOKEN_PAGE}.`,
    );
  }
  return token;
}

/** `text` without the token. */
export function withoutToken(text: string, token: string): string {
  return text.replaceAll(token, 'hf_…');
}

function tokenFile(env: NodeJS.ProcessEnv): string {
  if (env.HF_TOKEN_PATH) return env.HF_TOKEN_PATH;
  return join(env.HF_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface'), 'token');
}
