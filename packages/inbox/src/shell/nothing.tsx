import type { ReactNode } from "react";
import { Link } from "wouter";
import { Page } from "../ui/page.tsx";

export function Nothing(): ReactNode {
  return (
    <Page title="There is nothing here" lead="The address is wrong, or what it named is gone.">
      <p>
        <Link href="/inbox" className="button">
          Go to the inbox
        </Link>
      </p>
    </Page>
  );
}
