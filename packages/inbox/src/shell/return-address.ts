/** Where to go after signing in: a path of this origin, and nothing else. */
export function returnAddress(search: string): string {
  const asked = new URLSearchParams(search).get("return") ?? "";
  const isOwnPath = /^\/(?![/\\])/.test(asked) && !/^\/sign-in\b/.test(asked);
  return isOwnPath ? asked : "/inbox";
}
