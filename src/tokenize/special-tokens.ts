// Which tokens are special: what the folder's files say, else the names that the families use.
import { ClozeError } from '../base/errors.ts';
import type { Json } from './model-folder.ts';
import type { SpecialToken, Tokenizer } from './types.ts';

const ROLES = ['mask_token', 'pad_token', 'unk_token', 'cls_token', 'sep_token', 'bos_token', 'eos_token'] as const;
type Role = (typeof ROLES)[number];

/** Old folders leave these to the tokenizer's Python class. */
const USUAL_NAMES: Readonly<Record<Role, readonly string[]>> = {
  mask_token: ['[MASK]', '<mask>'],
  pad_token: ['[PAD]', '<pad>'],
  unk_token: ['[UNK]', '<unk>'],
  cls_token: ['[CLS]', '<s>'],
  sep_token: ['[SEP]', '</s>'],
  bos_token: ['<s>'],
  eos_token: ['</s>'],
};

export interface SpecialTokens {
  readonly byRole: Readonly<Partial<Record<Role, SpecialToken>>>;
  readonly allIds: ReadonlySet<number>;
}

/** `sources`: tokenizer_config.json and special_tokens_map.json, the first that names a role wins. */
export function findSpecialTokens(
  sources: readonly (Json | null)[],
  tokenToId: (token: string) => number | null,
): SpecialTokens {
  const byRole: Partial<Record<Role, SpecialToken>> = {};
  for (const role of ROLES) {
    const named = sources.map((source) => content(source?.[role])).find((token) => token !== null);
    const silent = sources.every((source) => source?.[role] === undefined);
    const candidates = named ? [named] : silent ? USUAL_NAMES[role] : [];
    for (const token of candidates) {
      const id = tokenToId(token);
      if (id === null) continue;
      byRole[role] = { token, id };
      break;
    }
  }
  const extra = sources.flatMap((source) => list(source?.additional_special_tokens ?? source?.extra_special_tokens));
  const ids = [
    ...Object.values(byRole).map((special) => special.id),
    ...extra.map((token) => tokenToId(token)).filter((id) => id !== null),
  ];
  return { byRole, allIds: new Set(ids) };
}

/** What stands for a token to be guessed. Throws ClozeError for a tokenizer without one. */
export function maskTokenOf({ mask, folder }: Pick<Tokenizer, 'mask' | 'folder'>): SpecialToken {
  if (mask) return mask;
  throw new ClozeError(
    'unsupported',
    `The tokenizer in ${folder} has no mask token.`,
    'Choose a masked language model.',
  );
}

/** A token is written as its text or as an object with `content`. */
function content(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const inner = (value as { content?: unknown } | null | undefined)?.content;
  return typeof inner === 'string' ? inner : null;
}

function list(value: unknown): string[] {
  const values = Array.isArray(value) ? value : typeof value === 'object' && value !== null ? Object.values(value) : [];
  return values.map(content).filter((token) => token !== null);
}
