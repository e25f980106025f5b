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
import { onceATurn } from '../ui/once-a-turn.ts';
import { connectHost, loadState, saveState } from '../ui/port.ts';
import { MaskingView, type PageMemory } from './view.ts';

const host = connectHost<MaskingPageContract, MaskingPageEvents>();
const root = document.getElementById('app') as HTMLElement;
const draw = onceATurn(renderPage);
const view = new MaskingView(host, loadState<Partial<PageMemory>>()?.page ?? {}, draw);
let state: MaskingPageState | undefined;

host.on('update', (part) => show(state && { ...state, ...part }));
host.on('cursor', (cursor) => view.markCursor(cursor));
void host.call('state', null).then(show);

function show(next: MaskingPageState | undefined): void {
  if (!next) return;
  state = next;
  view.accept(next);
  draw();
}

function renderPage(): void {
  if (!state) return;
  render(view.render(state), root);
  remember(state);
}

function remember({ mode, place, pinned, model, masking, reroll }: MaskingPageState): void {
  saveState({ mode, place, pinned, model, masking, reroll, page: view.memory } satisfies MaskingPageMemory &
    PageMemory);
}
