import { play } from "../stage/story.ts";
import { lifecycle } from "./story.ts";

await play([lifecycle]);
