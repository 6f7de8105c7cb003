import type { PointUnderTest } from "../point.ts";
import { abandonedCases } from "./abandoned.ts";
import type { ConformanceCase, ContractPoint } from "./conformance-case.ts";
import { failClosedCases } from "./fail-closed.ts";
import { redeemCases } from "./redeem.ts";
import { reportCases } from "./report.ts";
import { runCases } from "./run.ts";
import { submitCases } from "./submit.ts";
import { wordsCases } from "./words.ts";

/** Every case of the enforcement contract, as data. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...submitCases,
  ...redeemCases,
  ...runCases,
  ...reportCases,
  ...failClosedCases,
  ...abandonedCases,
  ...wordsCases,
];

/** What release-only points do not owe: what they let go of they see no more. */
const NOT_OWED_BY_RELEASE_ONLY: ReadonlySet<ContractPoint> = new Set([3, 4]);

export function isOwed({ point, isOwedBy }: ConformanceCase, by: PointUnderTest): boolean {
  if (by.releaseOnly && NOT_OWED_BY_RELEASE_ONLY.has(point)) return false;
  return isOwedBy === undefined || isOwedBy(by);
}
