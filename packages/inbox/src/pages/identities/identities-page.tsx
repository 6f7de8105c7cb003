import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function IdentitiesPage(): ReactNode {
  return (
    <Page title="Identities">
      <p />
    </Page>
  );
}
