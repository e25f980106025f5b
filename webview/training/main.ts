// The fine-tuning form: what is typed goes to the host at once, which keeps it for the workspace.
import '../ui/theme.css';
import './training.css';
import { render } from 'lit';
import type { TrainingPageContract, TrainingPageEvents, TrainingPageState } from '../../src/protocol/training-page.ts';
import { onceATurn } from '../ui/once-a-turn.ts';
import { connectHost, loadState, saveState } from '../ui/port.ts';
import { type FormMemory, TrainingForm } from './view.ts';

const host = connectHost<TrainingPageContract, TrainingPageEvents>();
const root = document.getElementById('app') as HTMLElement;
const draw = onceATurn(renderPage);
const remembered = loadState<Partial<FormMemory>>();
const form = new TrainingForm(host, remembered ?? {}, draw);
let drawn = false;

host.on('update', (part) => {
  form.accept(part);
  draw();
});
void host.call('state', null).then((state: TrainingPageState) => {
  form.accept(state);
  draw();
});
window.addEventListener('scroll', remember, { passive: true });

function renderPage(): void {
  if (!form.ready) return;
  render(form.render(), root);
  if (!drawn) window.scrollTo({ top: remembered?.scroll ?? 0 });
  drawn = true;
  remember();
}

function remember(): void {
  if (drawn) saveState({ ...form.memory, scroll: window.scrollY } satisfies FormMemory);
}
