// The page's host.
import type { ModelPageContract, ModelPageEvents } from '../../src/protocol/model-page.ts';
import type { Client } from '../../src/protocol/rpc.ts';

export type ModelHost = Client<ModelPageContract, ModelPageEvents>;
