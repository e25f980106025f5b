// The data set's page: splits, rows, and what a model makes of them.
import '../ui/theme.css';
import './dataset.css';
import { render } from 'lit';
import type {
  DatasetPageContract,
  DatasetPageEvents,
  DatasetPageMemory,
  DatasetPageState,
} from '../../src/protocol/dataset-page.ts';
import { onceATurn } from '../ui/once-a-turn.ts';
import { connectHost, loadState, saveState } from '../ui/port.ts';
import { DatasetView, type ViewMemory } from './view.ts';

const host = connectHost<DatasetPageContract, DatasetPageEvents>();
const root = document.getElementById('app') as HTMLElement;
const draw = onceATurn(renderPage);
const view = new DatasetView(host, loadState<{ page?: Partial<ViewMemory> }>()?.page ?? {}, draw);
let state: DatasetPageState | undefined;

host.on('update', (part) => show(state && { ...state, ...part }));
host.on('reread', () => view.reread());
void host.call('state', null).then(show);

function show(next: DatasetPageState | undefined): void {
  if (!next) return;
  state = next;
  view.accept(next);
  draw();
}

function renderPage(): void {
  if (!state) return;
  render(view.render(state), root);
  view.drawn();
  const { path, added } = state;
  saveState({ path, added, page: view.memory } satisfies DatasetPageMemory & { page: ViewMemory });
}
