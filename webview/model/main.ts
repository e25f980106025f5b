// The model's page: draws what the host holds, as the tensors are read.
import '../ui/theme.css';
import './model.css';
import { render } from 'lit';
import type {
  ModelPageContract,
  ModelPageEvents,
  ModelPageMemory,
  ModelPageState,
} from '../../src/protocol/model-page.ts';
import { onceATurn } from '../ui/once-a-turn.ts';
import { connectHost, loadState, saveState } from '../ui/port.ts';
import { ModelView, type ViewMemory } from './view.ts';

const host = connectHost<ModelPageContract, ModelPageEvents>();
const root = document.getElementById('app') as HTMLElement;
const draw = onceATurn(renderPage);
const view = new ModelView(host, loadState<{ page?: Partial<ViewMemory> }>()?.page ?? {}, draw);
let state: ModelPageState | undefined;

host.on('update', (part) => show(state && { ...state, ...part }));
host.on('statistics', ({ tensors, reading }) =>
  show(state && { ...state, reading, statistics: [...state.statistics, ...tensors] }),
);
host.on('compare', ({ other }) => view.compareWith(other));
void host.call('state', null).then(show);

function show(next: ModelPageState | undefined): void {
  if (!next) return;
  state = next;
  draw();
}

function renderPage(): void {
  if (!state) return;
  render(view.render(state), root);
  view.drawn();
  const { path } = state;
  saveState({ path, page: view.memory } satisfies ModelPageMemory & { page: ViewMemory });
}
