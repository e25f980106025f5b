// The masking page: draws the host's state and sends it what the person asks for.
import '../ui/theme.css';
import './masking.css';
import { render } from 'lit';
import type {
  MaskingPageContract,
  MaskingPageEvents,
  MaskingPageMemory,
  MaskingPageState,
} from '../../src/protocol/masking-page.ts';
import { connectHost, loadState, saveState } from '../ui/port.ts';
import { MaskingView, type PageMemory } from './view.ts';

const host = connectHost<MaskingPageContract, MaskingPageEvents>();
const root = document.getElementById('app') as HTMLElement;
const view = new MaskingView(host, loadState<Partial<PageMemory>>()?.page ?? {}, draw);
let state: MaskingPageState | undefined;
let drawing = false;

host.on('update', (part) => show(state && { ...state, ...part }));
host.on('cursor', (cursor) => view.markCursor(cursor));
void host.call('state', null).then(show);

function show(next: MaskingPageState | undefined): void {
  if (!next) return;
  state = next;
  view.accept(next);
  draw();
}

/** At most once a turn of the event loop, however much changed. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    if (!state) return;
    render(view.render(state), root);
    remember(state);
  });
}

function remember({ mode, place, pinned, model, masking, reroll }: MaskingPageState): void {
  saveState({ mode, place, pinned, model, masking, reroll, page: view.memory } satisfies MaskingPageMemory &
    PageMemory);
}
