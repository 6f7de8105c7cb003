/**
 * `npm run demo`: every story and every scene, with real servers, real agents and people at the real
 * command line; what really happened is counted. No terminal needed; exit status 1 on a surprise.
 */
import { customerExport } from "../customer-export/story.ts";
import { lifecycle } from "../lifecycle/story.ts";
import { oauthScope } from "../oauth-scope/story.ts";
import { outsideMessage } from "../outside-message/story.ts";
import { privilegedChange } from "../privileged-change/story.ts";
import { purchaseOrder } from "../purchase-order/story.ts";
import { secretRead } from "../secret-read/story.ts";
import { secretRotation } from "../secret-rotation/story.ts";
import { play } from "../stage/story.ts";
import { deciding } from "./scenes/deciding.ts";
import { failing } from "./scenes/failing.ts";
import { shadow } from "./scenes/shadow.ts";
import { stopping } from "./scenes/stopping.ts";

await play([
  oauthScope,
  secretRotation,
  purchaseOrder,
  privilegedChange,
  lifecycle,
  customerExport,
  outsideMessage,
  secretRead,
  deciding,
  stopping,
  failing,
  shadow,
]);
