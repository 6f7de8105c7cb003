import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function CardPage({ id }: { readonly id: string }): ReactNode {
  return (
    <Page title={id}>
      <p />
    </Page>
  );
}
