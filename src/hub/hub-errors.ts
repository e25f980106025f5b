// What went wrong at the Hub, as an error that says the way out and never holds the token.
import { ClozeError, systemCode } from '../base/errors.ts';
import { hubEndpoint } from './endpoint.ts';
import { networkReason } from './retrying-fetch.ts';
import { TOKEN_PAGE, withoutToken } from './token.ts';

/** `repo` is empty where none is concerned. */
export async function explainHubError(
  error: unknown,
  repo: string,
  token: string,
  signal: AbortSignal | undefined,
): Promise<ClozeError> {
  if (error instanceof ClozeError) return error;
  if (signal?.aborted) return new ClozeError('cancelled', 'Cancelled.');
  const say = (code: ClozeError['code'], message: string, wayOut?: string) =>
    new ClozeError(code, withoutToken(message, token), wayOut);
  const { HubApiError } = await import('@huggingface/hub');
  if (error instanceof HubApiError) return explainStatus(error.statusCode, firstSentence(error.message), repo, say);
  const message = error instanceof Error ? error.message : String(error);
  if (systemCode(error)?.startsWith('E')) return say('bad-input', `A file could not be read: ${message}.`);
  if (error instanceof TypeError && 'cause' in error) {
    return say(
      'network',
      `The Hub at ${hubEndpoint()} cannot be reached (${networkReason(error)}).`,
      'Check the connection, HF_ENDPOINT and your proxy, and share again: nothing is lost.',
    );
  }
  return say('network', `The upload failed: ${message}`, 'Share again: nothing is lost.');
}

type Say = (code: ClozeError['code'], message: string, wayOut?: string) => ClozeError;

function explainStatus(status: number, answer: string, repo: string, say: Say): ClozeError {
  switch (status) {
    case 401:
      return say(
        'no-access',
        'The Hub does not accept this token: it is wrong, or was withdrawn.',
        `Make one with write access at ${TOKEN_PAGE}, and set it as HF_TOKEN or with Cloze: Set Hugging Face Token.`,
      );
    case 403:
      return say(
        'no-access',
        `This token may not write to ${repo || 'the Hub'} (${answer}).`,
        `Give it write access at ${TOKEN_PAGE}, or choose a repository of your own.`,
      );
    case 404:
      return say(
        'not-found',
        `The Hub knows no ${repo || 'such place'} that this token may see.`,
        'Check the user name before the "/".',
      );
    default:
      return status === 429 || status >= 500
        ? say(
            'network',
            `The Hub is not able to take the files now (HTTP ${status}).`,
            'Share again later: nothing is lost.',
          )
        : say('bad-input', `The Hub refused the upload (HTTP ${status}: ${answer}).`);
  }
}

/** The library adds address and request id after the answer. */
function firstSentence(message: string): string {
  return message.replace(/\.? URL: .*$/s, '').slice(0, 300);
}
