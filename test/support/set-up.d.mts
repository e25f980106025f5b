export declare function setUpBrowserTests(): Promise<string | undefined>;
