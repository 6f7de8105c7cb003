import { useRef, useState } from "react";
import type { Failure } from "./failure.ts";

/** Several calls that are one step for a person: a passkey, a sign-in. */
export interface Task {
  /** True where it was done. */
  readonly run: (work: () => Promise<Failure | null>) => Promise<boolean>;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

export function useTask(): Task {
  const busy = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = async (work: () => Promise<Failure | null>): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setBusy(true);
    setFailure(null);
    try {
      const failed = await work();
      setFailure(failed);
      return failed === null;
    } finally {
      busy.current = false;
      setBusy(false);
    }
  };
  return { run, isBusy, failure };
}
