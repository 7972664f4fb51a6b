export declare function build(options?: { ifStale?: boolean; types?: boolean }): Promise<boolean>;
