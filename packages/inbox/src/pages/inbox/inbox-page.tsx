import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function InboxPage(): ReactNode {
  return (
    <Page title="Inbox">
      <p />
    </Page>
  );
}
