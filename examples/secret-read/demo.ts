import { play } from "../stage/story.ts";
import { secretRead } from "./story.ts";

await play([secretRead]);
