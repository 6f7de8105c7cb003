/** Plays stories: on a stage each, in order for the reader, some at a time for the clock. */
import { Surprise } from "./expectation.ts";
import { Stage } from "./stage.ts";
import { Transcript } from "./transcript.ts";

const AT_ONCE = 3;

export interface Story {
  readonly title: string;
  /** The folder with its `policy.yaml`, and the cases beside it. */
  readonly folder: URL;
  readonly plot: (stage: Stage) => Promise<void>;
}

/** Plays each story; the exit status of the process says whether all was as it should be. */
export async function play(stories: readonly Story[]): Promise<void> {
  const startMs = performance.now();
  const transcripts = stories.map(() => new Transcript());
  const stages = new Set<Stage>();
  const ended = endedWith(stages);
  const waiting = stories.entries();
  const done = new Set<number>();
  const show = (): void => {
    for (const [index, transcript] of transcripts.entries()) {
      transcript.open();
      if (!done.has(index)) return;
    }
  };
  const player = async (): Promise<void> => {
    for (const [index, story] of waiting) {
      if (ended.aborted) return;
      await playOne(story, transcripts[index] ?? new Transcript(), stages);
      done.add(index);
      show();
    }
  };
  show();
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  const scenes = transcripts.reduce((sum, transcript) => sum + transcript.scenes, 0);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const verdict = process.exitCode === 1 ? "NOT as it should be" : "As it should be";
  console.log(`\n${verdict}: ${scenes} scenes in ${seconds} s.`);
}

async function playOne(story: Story, transcript: Transcript, stages: Set<Stage>): Promise<void> {
  transcript.story(story.title);
  const stage = new Stage(transcript);
  stages.add(stage);
  try {
    await stage.open(story.folder);
    await story.plot(stage);
  } catch (error) {
    process.exitCode = 1;
    const what = error instanceof Surprise ? error.message : String((error as Error).stack);
    transcript.print(`\nNOT as it should be: ${what}`);
  } finally {
    await stage.close();
    stages.delete(stage);
  }
}

/** Whoever ends the example ends its processes too. */
function endedWith(stages: ReadonlySet<Stage>): AbortSignal {
  const ended = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      ended.abort();
      void Promise.allSettled([...stages].map((stage) => stage.close())).then(() => {
        process.exit(1);
      });
    });
  }
  return ended.signal;
}
