/** Migrations for what waits for people: bursts and look-alikes. */

export const BURSTS = [
  // When its submission was held; null: it was not. What is older than this column counts in no burst.
  `ALTER TABLE requests ADD COLUMN held_at {integer}`,
  `CREATE INDEX requests_held_at ON requests (identity_id, held_at) WHERE held_at IS NOT NULL`,
];

export const LOOK_ALIKES = [
  // A keyed MAC; null: what was held before this column, or by nothing but its redemption.
  `ALTER TABLE requests ADD COLUMN look_alike {text}`,
  `CREATE INDEX requests_look_alike ON requests (look_alike, created_at, number)
    WHERE status = 'held'`,
  // The older look-alike that people are told of instead; null: it is told, or tried, by itself.
  `ALTER TABLE outbox ADD COLUMN folded_into {text}`,
];
