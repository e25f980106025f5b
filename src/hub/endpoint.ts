// Where the Hub is: huggingface.co, or the one that HF_ENDPOINT names.

export function hubEndpoint(env: NodeJS.ProcessEnv = process.env): string {
  return (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
}
