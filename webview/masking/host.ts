// The page's host, and how the parts of the page ask it.
import type { MaskingContent, MaskingPageContract, MaskingPageEvents } from '../../src/protocol/masking-page.ts';
import type { Client } from '../../src/protocol/rpc.ts';

export type Host = Client<MaskingPageContract, MaskingPageEvents>;

/** Asks without waiting: what comes of it arrives as a part of the state, failures too. */
export type Ask = <K extends keyof MaskingPageContract & string>(
  method: K,
  params: MaskingPageContract[K]['params'],
) => void;

export type TableContent = Extract<MaskingContent, { kind: 'table' }>;
