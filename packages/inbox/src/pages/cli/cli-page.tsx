import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function CliPage(): ReactNode {
  return (
    <Page title="Command line">
      <p />
    </Page>
  );
}
