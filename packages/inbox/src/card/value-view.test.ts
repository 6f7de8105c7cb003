import fc from "fast-check";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { shownValue } from "../rendering/shown-value.ts";
import { hostileText, runs } from "../rendering/testing/hostile-text.ts";
import { ValueView } from "./value-view.tsx";

const drawn = (value: unknown): string =>
  renderToStaticMarkup(createElement(ValueView, { shown: shownValue(value) }));

/** What a page draws with; nothing of it loads, links or runs anything. */
const TAGS = new Set(["span", "bdi", "div", "dl", "dt", "dd", "ol", "ul", "li", "p", "code"]);
const ATTRIBUTES = new Set(["class", "data-block", "start", "aria-label"]);

describe("the markup of a value (T18)", () => {
  it("holds only plain elements, whatever the agent sent", () => {
    fc.assert(
      fc.property(
        fc.dictionary(hostileText, fc.array(hostileText, { maxLength: 2 })),
        (payload) => {
          for (const [, tag = "", rest = ""] of drawn(payload).matchAll(
            /<\/?([a-zA-Z!]+)([^>]*)>/g,
          )) {
            expect(TAGS).toContain(tag);
            for (const [, name = ""] of rest.matchAll(/([\w-]+)="[^"]*"/g))
              expect(ATTRIBUTES).toContain(name);
          }
        },
      ),
      runs(150, 5_000),
    );
  });

  it("is another for every payload", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (left, right) => {
        expect(drawn([left]) === drawn([right])).toBe(left === right);
        expect(drawn({ [left]: 1 }) === drawn({ [right]: 1 })).toBe(left === right);
      }),
      runs(300, 10_000),
    );
  });

  it("is whole for 64 kB of anything", () => {
    const text = `start ${"<b>\u200B".repeat(16_000)} end`;
    const markup = drawn(text);
    expect(markup.match(/«U\+200B»/g)).toHaveLength(16_000);
    expect(markup).toContain(" end");
    expect(markup).not.toContain("<b>");
  });
});
