import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function RunningPage(): ReactNode {
  return (
    <Page title="Running">
      <p />
    </Page>
  );
}
