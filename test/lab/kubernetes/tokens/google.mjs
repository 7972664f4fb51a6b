/**
 * Who holds an access token of Google. It says nothing by itself: Google's token information is asked, which names the
 * account only where the token was made with the scope `userinfo.email`.
 */
export async function verifyGoogleToken(token, { tokeninfo, users }) {
  const response = await fetch(`${tokeninfo}?access_token=${encodeURIComponent(token)}`);
  if (!response.ok) throw new Error("Google does not know the token");
  const { email, scope = "" } = await response.json();
  if (!scope.split(" ").includes("https://www.googleapis.com/auth/cloud-platform"))
    throw new Error("the token lacks the scope cloud-platform");
  const user = users.find((one) => one.name === email);
  if (user === undefined) throw new Error(`${email ?? "nobody"} is no user of the cluster`);
  return { username: email, groups: user.groups };
}
