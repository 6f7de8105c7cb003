import { play } from "../stage/story.ts";
import { privilegedChange } from "./story.ts";

await play([privilegedChange]);
