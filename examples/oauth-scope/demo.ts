import { play } from "../stage/story.ts";
import { oauthScope } from "./story.ts";

await play([oauthScope]);
