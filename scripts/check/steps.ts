import type { Step } from "./step.ts";
import { fileLaws } from "./file-laws.ts";
import { format } from "./format.ts";
import { imports } from "./imports.ts";
import { lint } from "./lint.ts";
import { pages } from "./pages.ts";
import { textLaws } from "./text-laws.ts";
import { browserTestTypes, pageTypes, pureTypes, types } from "./types.ts";
import { unused } from "./unused.ts";

/** Everything `npm run check` looks at, the slowest first so that two cores stay busy. */
export const steps: readonly Step[] = [
  types,
  lint,
  pageTypes,
  pages,
  format,
  imports,
  pureTypes,
  browserTestTypes,
  unused,
  fileLaws,
  textLaws,
];
