import { play } from "../stage/story.ts";
import { customerExport } from "./story.ts";

await play([customerExport]);
