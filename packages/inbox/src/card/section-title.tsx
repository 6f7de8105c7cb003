import { createContext, use, type ReactNode } from "react";

/** The level of the card's own heading: on its page it is the page's. */
export const CardLevel = createContext<1 | 2>(1);

export function SectionTitle({
  id,
  children,
}: {
  readonly id: string;
  readonly children: ReactNode;
}): ReactNode {
  const Heading = use(CardLevel) === 1 ? "h2" : "h3";
  return (
    <Heading id={id} className="section-title">
      {children}
    </Heading>
  );
}
