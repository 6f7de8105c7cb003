import { enforcementSuite } from "./enforcement-suite.ts";
import { sdkGuard } from "./points/sdk-guard.ts";

enforcementSuite(sdkGuard);
