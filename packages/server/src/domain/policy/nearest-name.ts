/** The name somebody probably meant, for "did you mean". */

const DISTANCE_MAX = 3;
const LENGTH_MAX = 64;

/**
 * The candidate closest to `name` in edit distance (letters swapped count once), if it is close
 * enough to be a slip: at most 3, and less than half of the name.
 */
function nearestName(name: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null;
  let best = Math.min(DISTANCE_MAX, Math.floor((name.length - 1) / 2)) + 1;
  if (name.length > LENGTH_MAX) return null;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= best) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < best) [nearest, best] = [candidate, distance];
  }
  return nearest;
}

/** "; did you mean `x`?" or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === null ? "" : `; did you mean \`${nearest}\`?`;
}

/** Optimal string alignment distance over three rows. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    [beforePrevious, previous] = [previous, row];
  }
  return previous[b.length] ?? 0;
}
