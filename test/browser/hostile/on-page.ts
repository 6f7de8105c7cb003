/** What runs inside the page, about everything that a card shows; stands alone. */

export interface Appearance {
  /** All text of the card that a person can see, in the order of the document. */
  readonly text: string;
  /** What is wrong with how it is shown; empty where nothing is. */
  readonly faults: readonly string[];
}

export function appearanceOf(card: Element): Appearance {
  const faults: string[] = [];
  const name = (element: Element): string => {
    const said = (element.textContent ?? "").slice(0, 60);
    return `<${element.tagName.toLowerCase()} class="${element.className}"> ${JSON.stringify(said)}`;
  };
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  /** Visually hidden on purpose, for screen readers: not what a person sees. */
  const onlyRead = new Map<Element, boolean>([[card, false]]);
  const isOnlyRead = (element: Element): boolean => {
    const known = onlyRead.get(element);
    if (known !== undefined) return known;
    const { clipPath, clip, position } = getComputedStyle(element);
    const isHidden = position === "absolute" && (clipPath !== "none" || clip !== "auto");
    const parent = element.parentElement;
    const found = isHidden || (parent !== null && isOnlyRead(parent));
    onlyRead.set(element, found);
    return found;
  };

  let text = "";
  const invisible =
    /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\u3164]|[^\S \n]/u;
  const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
  const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    const said = node.textContent ?? "";
    if (parent === null || said === "" || !isShown(parent) || isOnlyRead(parent)) continue;
    text += said;
    const hidden = invisible.exec(said.replaceAll("\n", ""));
    if (hidden !== null) {
      const point = hidden[0].codePointAt(0)?.toString(16);
      faults.push(`U+${point} is there and not seen: ${name(parent)}`);
    }
    if (rightToLeft.test(said) && !isIsolated(parent, said)) {
      faults.push(`right-to-left letters move what is beside them: ${name(parent)}`);
    }
    const { fontSize, color, backgroundColor, whiteSpace } = getComputedStyle(parent);
    if (said.includes("\n") && !/pre|break-spaces/.test(whiteSpace)) {
      faults.push(`a line ends and nobody sees it: ${name(parent)}`);
    }
    if (parseFloat(fontSize) < 10) faults.push(`${fontSize} is too small: ${name(parent)}`);
    if (color === backgroundColor) faults.push(`${color} on itself: ${name(parent)}`);
  }

  for (const element of card.querySelectorAll("*")) {
    if (!isShown(element) || isOnlyRead(element)) continue;
    const style = getComputedStyle(element);
    const wide = element.scrollWidth - element.clientWidth > 1 && element.clientWidth > 0;
    const high = element.scrollHeight - element.clientHeight > 1 && element.clientHeight > 0;
    const cutsX = style.overflowX !== "visible" && wide;
    const cutsY = style.overflowY !== "visible" && high;
    // The buttons of a card may be scrolled; they are ours.
    const isOurs = element.closest(".decision-bar") !== null;
    if ((cutsX || cutsY) && !isOurs) faults.push(`cut off or scrolled inside: ${name(element)}`);
    if (style.textOverflow === "ellipsis" && wide) faults.push(`ends in …: ${name(element)}`);
    if (
      element.matches(
        "img, iframe, object, embed, video, audio, script, style, link, base, form[action]",
      )
    ) {
      faults.push(`<${element.tagName.toLowerCase()}> in a card`);
    }
    if (element instanceof HTMLAnchorElement && element.origin !== location.origin) {
      faults.push(`a link leads away: ${element.href}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window");
  if ("owned" in window) faults.push("something of the agent's ran");
  return { text, faults: [...new Set(faults)].slice(0, 20) };

  function isIsolated(from: Element, said: string): boolean {
    for (let at: Element | null = from; at !== null && card.contains(at); at = at.parentElement) {
      const { display, unicodeBidi } = getComputedStyle(at);
      if (display === "inline" ? /isolate|plaintext/.test(unicodeBidi) : at.textContent === said) {
        return true;
      }
      if (display !== "inline") return false;
    }
    return false;
  }
}

/** Goes to a card as a link of the inbox does, without loading anything again; tells when it can be approved. */
export async function goToCard([path, marker, withinMs]: readonly [string, string, number]) {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
  const until = performance.now() + withinMs;
  const isThere = (): boolean => {
    const card = document.querySelector("main article.card");
    const approve = card?.querySelector<HTMLButtonElement>(".commands button");
    return card?.textContent.includes(marker) === true && approve?.disabled === false;
  };
  while (!isThere() && performance.now() < until) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return isThere();
}
