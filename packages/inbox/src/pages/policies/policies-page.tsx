import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function PoliciesPage(): ReactNode {
  return (
    <Page title="Policies">
      <p />
    </Page>
  );
}
