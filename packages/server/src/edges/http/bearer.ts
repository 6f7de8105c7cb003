/** The one way to authenticate: `Authorization: Bearer …`. No cookies, nothing in the address. */

const BEARER = /^bearer +([\x21-\x7e]{1,512})$/i;

/** The secret, or null where the header is missing or of another form. */
export function bearerOf(authorization: string | undefined): string | null {
  return BEARER.exec(authorization ?? "")?.[1] ?? null;
}
