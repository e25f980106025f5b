// A page's clear states: nothing to show, something wrong, something worth saying.
import { html, nothing, type TemplateResult } from 'lit';
import { type ButtonOptions, button, icon } from './controls.ts';

export interface EmptyState {
  readonly title: string;
  readonly text?: string | undefined;
  /** A codicon that fits what happened. */
  readonly icon?: string;
  readonly actions?: readonly ButtonOptions[];
  /** Wrong, not only empty: read aloud at once. */
  readonly error?: boolean;
}

/** In place of the page's content: what happened, and the ways out. */
export function emptyState(state: EmptyState): TemplateResult {
  return html`<section class="empty-state ${state.error ? 'error' : ''}" role=${state.error ? 'alert' : 'status'}>
    <h2>${state.icon ? icon(state.icon) : nothing} ${state.title}</h2>
    ${state.text ? html`<p>${state.text}</p>` : nothing}
    ${state.actions?.length ? html`<div class="actions">${state.actions.map(button)}</div>` : nothing}
  </section>`;
}

/** A line that says something about the content below it. */
export function notice(kind: 'info' | 'warning' | 'error', text: string | TemplateResult): TemplateResult {
  return html`<div class="notice ${kind}" role=${kind === 'error' ? 'alert' : 'note'}>${icon(kind)}<span>${text}</span></div>`;
}
