import { createContext, use, type ReactNode } from "react";
import { Redirect } from "wouter";
import type { Me } from "@haltpoint/protocol";
import { useMe } from "../api/me.ts";
import { Unreadable } from "../ui/states.tsx";

const Session = createContext<Me | null>(null);

/** Who is signed in. Only below `SignedIn`. */
export function useSession(): Me {
  const me = use(Session);
  if (me === null) throw new Error("a page asked who is signed in outside of the session");
  return me;
}

export function hasRight(me: Me, right: string): boolean {
  return me.person.rights.includes(right);
}

/** What is behind a sign-in; who is not signed in is sent there and comes back to this very page. */
export function SignedIn({ children }: { readonly children: ReactNode }): ReactNode {
  const me = useMe();
  if (me.data !== undefined && me.data !== null) {
    return <Session value={me.data}>{children}</Session>;
  }
  if (me.data === null) return <Redirect to={signInAddress()} replace />;
  if (me.isError) {
    return (
      <main className="alone">
        <Unreadable failure={me.error.failure} retry={() => void me.refetch()} />
      </main>
    );
  }
  return null;
}

function signInAddress(): string {
  const here = location.pathname + location.search;
  return here === "/" || here === "/inbox"
    ? "/sign-in"
    : `/sign-in?return=${encodeURIComponent(here)}`;
}
