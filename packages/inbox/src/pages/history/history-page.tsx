import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function HistoryPage(): ReactNode {
  return (
    <Page title="History">
      <p />
    </Page>
  );
}
