export declare const ENTRIES: Readonly<Record<string, string>>;
export declare const PROGRAMS: Readonly<Record<string, string>>;
export declare function outputOf(subpath: string): string;
export declare function exportsMap(): Record<string, string | { types: string; default: string }>;
