/** The request that a token is, once all that can be told without STS has been looked at. */
export function presignedUrl(
  token: string,
  expected: { readonly hosts: readonly string[]; readonly now: number },
): URL;
