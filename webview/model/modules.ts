// Tensors as the tree of modules that their names spell.
import type { TensorOutline } from '../../src/protocol/model.ts';
import { elements } from './text.ts';

export interface Module {
  /** What its tensors' names begin with; empty for the whole model. */
  readonly path: string;
  /** The part of the name below the module above. */
  readonly label: string;
  /** Numbers in all its tensors. */
  readonly size: number;
  readonly tensors: number;
  readonly children: readonly Module[];
  /** Index of the tensor, for one that is no module. */
  readonly tensor: number | null;
}

interface Growing {
  readonly children: Map<string, Growing>;
  tensor: number | null;
}

/** Modules with one part only are joined with it: encoder.layer. */
export function moduleTree(tensors: readonly TensorOutline[]): Module {
  const root: Growing = { children: new Map(), tensor: null };
  for (const [index, { name }] of tensors.entries()) {
    let at = root;
    for (const part of name.split('.')) {
      let next = at.children.get(part);
      if (!next) {
        next = { children: new Map(), tensor: null };
        at.children.set(part, next);
      }
      at = next;
    }
    at.tensor = index;
  }
  return settle(root, '', '', tensors);
}

function settle(node: Growing, path: string, label: string, tensors: readonly TensorOutline[]): Module {
  const [only, ...more] = node.children;
  if (only && more.length === 0 && node.tensor === null) {
    const [part, child] = only;
    const join = (a: string) => (a === '' ? part : `${a}.${part}`);
    // the whole model stays the root
    if (path !== '' || child.children.size > 0) {
      const below = settle(child, join(path), join(label), tensors);
      return path === '' ? { ...below, path: '', label: '' } : below;
    }
  }
  const children = [...node.children].map(([part, child]) =>
    settle(child, path === '' ? part : `${path}.${part}`, part, tensors),
  );
  const own = node.tensor === null ? null : tensors[node.tensor];
  return {
    path,
    label,
    size: children.reduce((sum, { size }) => sum + size, 0) + (own ? elements(own.shape) : 0),
    tensors: children.reduce((sum, { tensors: count }) => sum + count, 0) + (own ? 1 : 0),
    children,
    tensor: node.tensor,
  };
}

/** The module at `path`, and those above it, the whole model first. */
export function wayTo(root: Module, path: string): readonly Module[] {
  const way = [root];
  for (;;) {
    const at = way.at(-1) as Module;
    const next = at.children.find((child) => path === child.path || path.startsWith(`${child.path}.`));
    if (!next || path === '') return way;
    way.push(next);
  }
}
