export declare const nodePath: string;
export declare const codeServerPath: string;
export declare function findChromium(): string | undefined;
export declare function installBrowserTests(): Promise<string | undefined>;
export declare function installVSCode(): Promise<string | undefined>;
