export declare function pathsIn(manifest: unknown): string[];
