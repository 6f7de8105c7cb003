/** What runs inside the page: each function stands alone, since only its text is sent there. */

/** Where a keyboard user is, seen from the element they want to reach. */
export interface Focus {
  /** The element itself has the focus. */
  readonly there: boolean;
  /** A radio of the same group has it: the arrow keys lead on. */
  readonly inGroup: boolean;
  /** Nothing has it: the browser's own controls are next. */
  readonly nowhere: boolean;
  /** Empty where a person can see what has the focus; else what is wrong. */
  readonly unseen: string;
}

export function focusSeenFrom(wanted: Element): Focus {
  const focused = document.activeElement ?? document.body;
  const nowhere = focused === document.body || focused === document.documentElement;
  const isRadio = (element: Element): boolean =>
    (element instanceof HTMLInputElement && element.type === "radio") ||
    element.getAttribute("role") === "radio";
  const groupOf = (element: Element): unknown =>
    element instanceof HTMLInputElement ? element.name : element.closest("[role=radiogroup]");
  const unseen = (): string => {
    const named = `<${focused.tagName.toLowerCase()}> ${(focused.textContent ?? "").trim().slice(0, 40)}`;
    // Inside a date the browser itself marks which part of it is typed.
    if (focused instanceof HTMLInputElement && /^(date|time|month)/.test(focused.type)) return "";
    if (!focused.matches(":focus-visible")) return `${named}: not :focus-visible`;
    // What draws the ring may be the label around a visually hidden box.
    const around = [focused, focused.parentElement, focused.nextElementSibling];
    const isRinged = around.some((element) => {
      if (element === null) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
    });
    if (!isRinged) return `${named}: no outline and no shadow`;
    const { width, height, top, bottom } = focused.getBoundingClientRect();
    if (width < 1 || height < 1) return `${named}: has no size`;
    if (bottom <= 0 || top >= innerHeight) return `${named}: outside of the window`;
    return "";
  };
  return {
    there: focused === wanted,
    inGroup: isRadio(focused) && isRadio(wanted) && groupOf(focused) === groupOf(wanted),
    nowhere,
    unseen: nowhere ? "" : unseen(),
  };
}

/** How far the page is wider than the window: 0 where nobody has to scroll sideways. */
export function widerThanWindow(): number {
  return Math.max(0, document.documentElement.scrollWidth - innerWidth);
}

/** Notes what the page's policy forbade, where the console would only show some of it. */
export function reportViolations(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(
      `Content Security Policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`,
    );
  });
}

/** Resolves once nothing is being loaded and nothing moves. */
export async function contentIsThere(): Promise<void> {
  const isBusy = (): boolean =>
    document.querySelector("[aria-busy=true], .skeleton, [role=progressbar]") !== null;
  const until = performance.now() + 5_000;
  do {
    await new Promise((resolve) => setTimeout(resolve, 60));
  } while (isBusy() && performance.now() < until);
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}

/** Whether a page has begun: its heading is there. Asked at every frame, since waiting adds up. */
export function headingIsThere(): boolean {
  return document.querySelector("main :is(h1, h2)") !== null;
}

/** Whether a card says something other than that it is coming. */
export function cardIsThere(): boolean {
  return document.querySelector("main article.card") !== null;
}

/** Goes to another page as a link does, without loading anything again. */
export function goTo(path: string): void {
  document
    .querySelectorAll("dialog[open]")
    .forEach((dialog) => (dialog as HTMLDialogElement).close());
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** Resolves once the page has been drawn anew, with what was changed before. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
}
