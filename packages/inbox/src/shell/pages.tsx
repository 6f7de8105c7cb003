import { lazy, Suspense, type ReactNode } from "react";
import { Redirect, Route, Switch } from "wouter";
import { Skeleton } from "../ui/states.tsx";
import { Nothing } from "./nothing.tsx";
import { SignedIn } from "./session.tsx";
import { Shell } from "./shell.tsx";

const InboxPage = lazy(() => import("../pages/inbox/inbox-page.tsx"));
const CardPage = lazy(() => import("../pages/card/card-page.tsx"));
const RunningPage = lazy(() => import("../pages/running/running-page.tsx"));
const HistoryPage = lazy(() => import("../pages/history/history-page.tsx"));
const IdentitiesPage = lazy(() => import("../pages/identities/identities-page.tsx"));
const PoliciesPage = lazy(() => import("../pages/policies/policies-page.tsx"));
const AnalyticsPage = lazy(() => import("../pages/analytics/analytics-page.tsx"));
const MePage = lazy(() => import("../pages/me/me-page.tsx"));
const CliPage = lazy(() => import("../pages/cli/cli-page.tsx"));
const SignInPage = lazy(() => import("../pages/sign-in/sign-in-page.tsx"));
const SetupPage = lazy(() => import("../pages/setup/setup-page.tsx"));

/** Which page stands at which address. */
export function Pages(): ReactNode {
  return (
    <Suspense fallback={null}>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route path="/setup" component={SetupPage} />
        <Route>
          <SignedIn>
            <Shell>
              <Suspense fallback={<Skeleton lines={6} />}>
                <Inside />
              </Suspense>
            </Shell>
          </SignedIn>
        </Route>
      </Switch>
    </Suspense>
  );
}

function Inside(): ReactNode {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/inbox" replace />
      </Route>
      <Route path="/inbox" component={InboxPage} />
      <Route path="/r/:id">{({ id }) => <CardPage key={id} id={id} />}</Route>
      <Route path="/running" component={RunningPage} />
      <Route path="/history" component={HistoryPage} />
      <Route path="/identities" component={IdentitiesPage} />
      <Route path="/policies" component={PoliciesPage} />
      <Route path="/analytics" component={AnalyticsPage} />
      <Route path="/me" component={MePage} />
      <Route path="/cli" component={CliPage} />
      <Route component={Nothing} />
    </Switch>
  );
}
