import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { Icon, type IconName } from "../ui/icons.tsx";

const PAGES: readonly { readonly to: string; readonly name: string; readonly icon: IconName }[] = [
  { to: "/inbox", name: "Inbox", icon: "inbox" },
  { to: "/running", name: "Running", icon: "running" },
  { to: "/history", name: "History", icon: "history" },
  { to: "/identities", name: "Identities", icon: "identities" },
  { to: "/policies", name: "Policies", icon: "policies" },
  { to: "/analytics", name: "Analytics", icon: "analytics" },
  { to: "/me", name: "You", icon: "you" },
];

export function Navigation(): ReactNode {
  const [path] = useLocation();
  return (
    <nav className="navigation" aria-label="Pages">
      <ul>
        {PAGES.map(({ to, name, icon }) => (
          <li key={to}>
            <Link href={to} aria-current={path === to ? "page" : undefined}>
              <Icon name={icon} />
              <span>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
