export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export declare function runTestFiles(
  files: readonly string[],
  options: { readonly concurrency: number; readonly timeout: number },
): Promise<Totals>;
