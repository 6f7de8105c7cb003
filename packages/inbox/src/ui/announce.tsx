import { createContext, use, useCallback, useRef, useState, type ReactNode } from "react";

interface Said {
  readonly id: number;
  readonly text: string;
}

const shownMs = 7_000;
const shownMax = 3;
const Announcing = createContext<(text: string) => void>(() => undefined);

/** Says what was done: shown for a while, and read out by screen readers. */
export function useAnnounce(): (text: string) => void {
  return use(Announcing);
}

export function Announcements({ children }: { readonly children: ReactNode }): ReactNode {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const next = useRef(0);
  const announce = useCallback((text: string) => {
    const id = (next.current += 1);
    setSaid((before) => [...before, { id, text }].slice(-shownMax));
    setTimeout(() => setSaid((before) => before.filter((each) => each.id !== id)), shownMs);
  }, []);
  return (
    <Announcing value={announce}>
      {children}
      <div role="status" className="announcements">
        {said.map(({ id, text }) => (
          <p key={id} className="announcement">
            {text}
          </p>
        ))}
      </div>
    </Announcing>
  );
}
