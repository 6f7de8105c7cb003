import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function MePage(): ReactNode {
  return (
    <Page title="You">
      <p />
    </Page>
  );
}
