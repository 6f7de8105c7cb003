import { expect, test } from "vitest";
import { EventText } from "./event-text.ts";

test("events come out whole however the stream was cut", () => {
  const stream =
    ': hello\n\nid: 7\nevent: approved\ndata: {"index":7}\n\nid: 8\ndata: a\ndata: b\n\n';
  const whole = new EventText().push(stream);
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const text = new EventText();
    expect([...text.push(stream.slice(0, cut)), ...text.push(stream.slice(cut))]).toEqual(whole);
  }
  expect(whole).toEqual([
    { data: null, id: null },
    { data: '{"index":7}', id: "7" },
    { data: "a\nb", id: "8" },
  ]);
});

test("what is not complete yet is kept back", () => {
  const text = new EventText();
  expect(text.push("id: 1\ndata: x\n")).toEqual([]);
  expect(text.push("\n")).toEqual([{ data: "x", id: "1" }]);
});
