import { play } from "../stage/story.ts";
import { purchaseOrder } from "./story.ts";

await play([purchaseOrder]);
