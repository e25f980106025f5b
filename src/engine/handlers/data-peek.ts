// data.peek: the columns and first rows of a data file.
import { peekData } from '../../data/peek.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';

export const peek: Handlers<EngineContract>['data.peek'] = ({ path, rows }) => peekData(path, rows);
