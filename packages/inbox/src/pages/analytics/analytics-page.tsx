import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function AnalyticsPage(): ReactNode {
  return (
    <Page title="Analytics">
      <p />
    </Page>
  );
}
