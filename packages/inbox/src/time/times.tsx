import { type ReactNode } from "react";
import { useNow } from "./use-now.ts";
import { agoWords, clockWords, fullWords } from "./words.ts";

/** How long ago, counting on; the full time is its title. */
export function Ago({ at }: { readonly at: number }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={fullWords(at)} className="figures">
      {agoWords(at, now)}
    </time>
  );
}

export function At({ at }: { readonly at: number }): ReactNode {
  const now = useNow(60_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={fullWords(at)} className="figures">
      {clockWords(at, now)}
    </time>
  );
}
