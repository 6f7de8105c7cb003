/** `12000.00 USD` → `12,000.00 USD`; anything else as it is. */
export function grouped(text: string): string {
  const match = /^(\d+)(\.\d+)? ([A-Z]{3})$/.exec(text);
  if (match === null) return text;
  const [, whole = "", fraction = "", currency = ""] = match;
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction} ${currency}`;
}
