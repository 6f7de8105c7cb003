import { asRead, UNKNOWN } from "./characters.ts";

/** Where data would go. */
export interface Target {
  /** Lower case, without user, port and path; empty where not known. */
  readonly host: string;
  /** This very machine. */
  readonly here: boolean;
  /** Query and path hold a piece that is only known when it runs. */
  readonly filledIn: boolean;
  /** Made to receive what is sent to it: paste sites, file drops, request catchers, chat hooks. */
  readonly drop: boolean;
}

const DROPS =
  /(?:^|\.)(?:pastebin\.com|paste\.ee|ix\.io|sprunge\.us|termbin\.com|transfer\.sh|file\.io|0x0\.st|dpaste\.\w+|hastebin\.com|webhook\.site|requestbin\.\w+|pipedream\.net|beeceptor\.com|ngrok(?:-free)?\.(?:io|app|dev)|serveo\.net|localhost\.run|trycloudflare\.com|oast\.\w+|interact\.sh|burpcollaborator\.net|anonfiles\.com|gofile\.io|catbox\.moe)$/u;

export function targetOf(url: string): Target {
  const text = asRead(url.trim());
  const host = (
    /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/)?(?:[^/@\s]*@)?(\[[^\]]*\]|[^/:?#\s]+)/iu.exec(text)?.[1] ?? ""
  )
    .toLowerCase()
    .replace(/^\[|\]$/gu, "");
  const here = /^(?:localhost|.*\.localhost|127(?:\.\d+){1,3}|0\.0\.0\.0|::1)$/u.test(host);
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text);
  const rest = schemed ? text.slice(text.indexOf("//") + 2) : text;
  return {
    host: host.includes(UNKNOWN) ? "" : host,
    here,
    filledIn: rest.slice(rest.search(/[/?#]/u)).includes(UNKNOWN) && /[/?#]/u.test(rest),
    drop: DROPS.test(host),
  };
}
