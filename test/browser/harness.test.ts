/** The tests of the pages can fail: each thing they watch for is done once here, and noticed. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atSeat, hostsAskedFor, type Seat, type SeatOptions } from "./testing/seat.ts";

const PAGE = (body: string): string =>
  `<!doctype html><html lang="en"><title>a page</title><link rel="icon" href="data:,"><main><h1>A page</h1>${body}</main></html>`;

let pages = new Map<string, string>();
let server: Server;
let url = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    if (request.url?.startsWith("/strict") === true) {
      response.setHeader("content-security-policy", "default-src 'none'; img-src data:");
    }
    response.end(pages.get(request.url ?? "") ?? PAGE(""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** Shows a page and does something there; the error is what the tests say about it, or null. */
async function at(
  body: string,
  work: (seat: Seat) => Promise<unknown> = async () => {},
  options: Partial<SeatOptions> & { readonly path?: string } = {},
): Promise<string | null> {
  const { path = "/", ...rest } = options;
  pages = new Map([[path, PAGE(body)]]);
  try {
    await atSeat({ url }, { mode: "keyboard", ...rest }, async (seat) => {
      await seat.open(path);
      await work(seat);
      await seat.page.waitForTimeout(100);
    });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const pressGo = ({ hands }: Seat) => hands.press("button", "Go");

describe("watched pages", () => {
  it("are fine when they do nothing wrong", async () => {
    expect(await at("<button>Go</button>", pressGo)).toBeNull();
  });

  it("may not ask another origin for anything, and nothing gets out when they do (T18)", async () => {
    expect(await at('<img alt="" src="http://collect.example/a.png">')).toContain(
      "asked for http://collect.example/a.png",
    );
    await at('<link rel="preconnect" href="https://early.example">');
    await at('<img alt="" src="https://secret.example/">');
    const hosts = await hostsAskedFor();
    expect(hosts).toContain("collect.example");
    expect(hosts).toContain("secret.example:443");
  });

  it("may not break their content policy", async () => {
    const body = "<button onclick='document.title=1'>Go</button><script>alert(1)</script>";
    expect(await at(body, undefined, { path: "/strict" })).toContain("Content Security Policy");
  });

  it("may not throw, log errors, or ask in a dialog of the browser's", async () => {
    expect(await at("<script>null.x</script>")).toContain("TypeError");
    expect(await at("<script>console.error('lost')</script>")).toContain("lost");
    expect(await at("<script>setTimeout(() => alert('mine'))</script>")).toContain("mine");
    expect(await at("<script>open('/strict')</script>")).toContain("opened a window");
  });
});

describe("a keyboard", () => {
  it("does not press what Tab does not lead to", async () => {
    expect(await at('<div role="button">Go</div><a href="#x">x</a>', pressGo)).toContain(
      "Tabs do not lead",
    );
  }, 60_000);

  it("does not go on where the focus cannot be seen", async () => {
    const style = "<style>:focus-visible{outline:none}</style>";
    expect(await at(`${style}<button>Go</button>`, pressGo)).toContain("no outline");
    const behind = '<a href="#x" style="position:fixed;top:-50px">hidden</a>';
    expect(await at(`${behind}<button>Go</button>`, pressGo)).toContain("outside of the window");
  });
});

describe("a finger", () => {
  const touch = { mode: "touch" } as const;

  it("does not hit what is too small", async () => {
    const small = "<button style='width:18px;height:18px;padding:0'>Go</button>";
    expect(await at(small, pressGo, touch)).toContain("large enough");
  });

  it("does not work a page that has to be scrolled sideways", async () => {
    const wide = "<div style='width:200vw'>wide</div><button style='height:40px'>Go</button>";
    expect(await at(wide, pressGo, touch)).toContain("scroll sideways");
  });

  it("presses what it can reach", async () => {
    const viewport = '<meta name="viewport" content="width=device-width">';
    const button = "<button style='height:40px'>Go</button>";
    expect(await at(viewport + button, pressGo, touch)).toBeNull();
  });
});
