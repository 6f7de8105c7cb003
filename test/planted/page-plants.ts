import type { Plant } from "./plant.ts";

/** Bugs that show only in a browser: what a page shows, believes, or lets another origin do. */
export const pagePlants: readonly Plant[] = [
  {
    name: "page-cuts-what-is-long",
    file: "packages/inbox/src/card/values.css",
    find: ".value {\n  min-inline-size: 0;\n",
    replace: ".value {\n  max-block-size: 8rem;\n  overflow: hidden;\n  min-inline-size: 0;\n",
    tests: ["test/browser/hostile/hostile.test.ts"],
    invariant: "T18: nothing is cut where a decision is offered",
  },
  {
    name: "page-shows-the-invisible-as-it-is",
    file: "packages/inbox/src/rendering/visible-pieces.ts",
    find: 'return character > "~" ? HIDDEN.test(character) : character < " ";',
    replace: 'return character < " ";',
    tests: ["test/browser/hostile/hostile.test.ts"],
    invariant: "T18: what is invisible becomes a visible token",
  },
  {
    name: "page-believes-the-server",
    file: "packages/inbox/src/card/verified-card.ts",
    find: "if (sha256Base64url(canonical) !== digest || request.revision.digest !== digest) {",
    replace: 'if (digest === "") {',
    tests: ["test/browser/tasks/deciding.test.ts"],
    invariant: "I2: what is drawn is what the digest that is sent is of",
  },
  {
    name: "no-cross-site-check",
    file: "packages/server/src/edges/http/admission.ts",
    find: "    if (found !== null) throw new RefusedCall(found);\n",
    replace: "",
    tests: ["test/browser/cross-site.test.ts"],
    invariant: "T16: another origin's page decides nothing with a person's session",
  },
  {
    name: "looking-leaves-a-trace",
    file: "packages/server/src/edges/http/routes/cards.ts",
    find: "    const seen = await viewCard(app, state.value, principal);\n",
    replace: `    const { noteLook } = await import("../../../app/note-look.ts");
    await noteLook(app, state.value, { person: principal.id, readMs: null });
    const seen = await viewCard(app, state.value, principal);
`,
    tests: ["test/browser/robot.test.ts"],
    invariant: "T16: following a link changes nothing",
  },
];
