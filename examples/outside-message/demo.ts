import { play } from "../stage/story.ts";
import { outsideMessage } from "./story.ts";

await play([outsideMessage]);
