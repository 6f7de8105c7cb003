import { useId, type ReactNode } from "react";

/** A part of a page with a name of its own. */
export function Panel({
  title,
  about,
  actions,
  children,
}: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <div>
          <h2 id={id}>{title}</h2>
          {about === undefined ? null : <p className="hint">{about}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}
