/** The signature that a presigned GET must have. */
export function signatureOf(url: URL, headers: Readonly<Record<string, string>>, secret: string): string;
