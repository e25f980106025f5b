// What a masking panel remembers across a reload, read back with care: it may be from another version of Cloze.
import { DEFAULT_MASKING, type MaskingOptions } from '../../protocol/masking.ts';
import { readMaskingOptions } from '../../protocol/masking-options.ts';
import type { MaskingPageMemory, SourcePlace } from '../../protocol/masking-page.ts';

export function readMemory(saved: unknown, fallback: MaskingPageMemory): MaskingPageMemory {
  if (!isRecord(saved)) return fallback;
  return {
    mode: saved.mode === 'tokenize' ? 'tokenize' : 'mask',
    place: readPlace(saved.place),
    pinned: saved.pinned === true,
    model: typeof saved.model === 'string' && saved.model !== '' ? saved.model : fallback.model,
    masking: readMasking(saved.masking, fallback.masking),
    reroll: isOffset(saved.reroll) ? saved.reroll : 0,
  };
}

function readPlace(saved: unknown): SourcePlace | null {
  if (!isRecord(saved)) return null;
  const { uri, start, end, version, byLine } = saved;
  if (typeof uri !== 'string' || !isOffset(start) || !isOffset(end) || end < start) return null;
  return { uri, start, end, version: isOffset(version) ? version : 0, byLine: byLine === true };
}

function readMasking(saved: unknown, fallback: MaskingOptions = DEFAULT_MASKING): MaskingOptions {
  return isRecord(saved) ? readMaskingOptions(saved, fallback) : fallback;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
