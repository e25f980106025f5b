// Where the Hub is: huggingface.co, or the one that HF_ENDPOINT names.
import { ClozeError } from '../base/errors.ts';

/** Without a "/" at its end. Throws ClozeError when HF_ENDPOINT is no address. */
export function hubEndpoint(env: NodeJS.ProcessEnv = process.env): string {
  const endpoint = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  // it is not repeated: it may hold a password
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new ClozeError(
      'bad-argument',
      'HF_ENDPOINT is no address of a Hub.',
      'Set it to one such as https://hub.example.com, without a user or password, or unset it for huggingface.co.',
    );
  }
  return endpoint;
}
