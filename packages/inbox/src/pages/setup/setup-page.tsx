import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function SetupPage(): ReactNode {
  return (
    <Page title="Set up">
      <p />
    </Page>
  );
}
