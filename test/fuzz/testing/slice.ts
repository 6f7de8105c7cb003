/** How many cases a run tries, and from which seed. */

/** Cases in `npm test`; a campaign tries ten times as many. They are 2,000 together. */
const CASES = { bodies: 900, headers: 400, policies: 300, conditions: 400 } as const;
const CAMPAIGN_FACTOR = 10;

export const isCampaign = process.env["HALTPOINT_CAMPAIGN"] === "1";

export function casesOf(part: keyof typeof CASES): number {
  return CASES[part] * (isCampaign ? CAMPAIGN_FACTOR : 1);
}

/** HALTPOINT_SEED repeats a run; without it every run tries the same cases. */
export const SEED = Number(process.env["HALTPOINT_SEED"] ?? 20_261_123);
