import { play } from "../stage/story.ts";
import { secretRotation } from "./story.ts";

await play([secretRotation]);
