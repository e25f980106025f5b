// What the page shows when there is no table: why, and the way out.
import type { TemplateResult } from 'lit';
import type { EmptyReason } from '../../src/protocol/masking-page.ts';
import type { WireError } from '../../src/protocol/rpc.ts';
import { emptyState } from '../ui/states.ts';

const EMPTY: Record<EmptyReason, { title: string; text: string; icon: string }> = {
  'nothing-selected': {
    title: 'Nothing is selected',
    text: 'Select some text in an editor, or put the cursor into a line, and run Cloze: Inspect Masking again. An open panel follows your selection.',
    icon: 'selection',
  },
  'empty-line': {
    title: 'This line is empty',
    text: 'There is nothing to tokenize here. Select some text, or move the cursor to a line that holds some.',
    icon: 'dash',
  },
  'only-whitespace': {
    title: 'There is only white space here',
    text: 'There is nothing to tokenize. Select some text, or move the cursor to a line that holds some.',
    icon: 'whitespace',
  },
  binary: {
    title: 'This is not text',
    text: 'The selection holds binary data (null or control characters), which a tokenizer would read as noise. Select text, or open the file with its right encoding.',
    icon: 'file-binary',
  },
  'document-gone': {
    title: 'The document is no longer open',
    text: 'The text that was shown here cannot be read again. Select some text in an editor.',
    icon: 'circle-slash',
  },
};

export function emptyPage(reason: EmptyReason): TemplateResult {
  return emptyState(EMPTY[reason]);
}

export interface WaysOut {
  readonly browse: () => void;
  readonly retry: () => void;
  readonly openLog: () => void;
}

export function failedPage(error: WireError, out: WaysOut): TemplateResult {
  const crashed = error.code === 'engine-stopped';
  const retry = { label: 'Retry', onClick: out.retry, kind: crashed ? 'primary' : 'secondary' } as const;
  const browse = { label: 'Choose Model…', onClick: out.browse, kind: 'primary' } as const;
  const log = { label: 'Show Log', onClick: out.openLog } as const;
  return emptyState({
    title: crashed ? 'The engine stopped' : 'This could not be shown',
    text: error.wayOut ? `${error.message} ${error.wayOut}` : error.message,
    icon: 'error',
    error: true,
    actions: crashed ? [retry, log] : [browse, retry, log],
  });
}
