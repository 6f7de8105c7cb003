import type { ReactNode } from "react";
import { Page } from "../../ui/page.tsx";

export default function SignInPage(): ReactNode {
  return (
    <Page title="Sign in">
      <p />
    </Page>
  );
}
