// data.peek: the columns and first rows of a data file.
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';

export const peek: Handlers<EngineContract>['data.peek'] = async ({ path, rows, column }) => {
  // DuckDB is loaded when a form is opened for the first time
  const { peekData } = await import('../../data/peek.ts');
  return peekData(path, rows, column);
};
