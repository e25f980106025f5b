// The loss chart's page: draws what the host tells of a log history, as it comes.
import '../ui/theme.css';
import './chart.css';
import { render } from 'lit';
import type {
  ChartPageContract,
  ChartPageEvents,
  ChartPageMemory,
  ChartPageState,
} from '../../src/protocol/chart-page.ts';
import { type ChartView, DEFAULT_CHART_VIEW } from '../../src/protocol/loss-series.ts';
import { onceATurn } from '../ui/once-a-turn.ts';
import { connectHost, loadState, saveState } from '../ui/port.ts';
import { ChartPage } from './view.ts';

const host = connectHost<ChartPageContract, ChartPageEvents>();
const root = document.getElementById('app') as HTMLElement;
const draw = onceATurn(renderPage);
const page = new ChartPage(host, rememberedView(), draw);
let state: ChartPageState | undefined;

host.on('update', (part) => show(state && { ...state, ...part }));
host.on('entries', ({ from, entries }) =>
  show(state && { ...state, entries: [...state.entries.slice(0, from), ...entries] }),
);
void host.call('state', null).then(show);

function show(next: ChartPageState | undefined): void {
  if (!next) return;
  state = next;
  draw();
}

function renderPage(): void {
  if (!state) return;
  render(page.render(state), root);
  page.drawn(state);
  saveState({ source: state.source, view: page.view } satisfies ChartPageMemory);
}

/** Read back with care: it may be from another version. */
function rememberedView(): ChartView {
  const { axis, log, smoothing } = { ...DEFAULT_CHART_VIEW, ...loadState<Partial<ChartPageMemory>>()?.view };
  return {
    axis: axis === 'step' ? 'step' : 'epoch',
    log: log === true,
    smoothing: typeof smoothing === 'number' && smoothing >= 0 && smoothing < 1 ? smoothing : 0,
  };
}
