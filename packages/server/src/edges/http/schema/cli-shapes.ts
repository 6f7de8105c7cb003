/** What signing a command line in sends and is answered. */
import type {
  CliAskedView,
  CliAuthorizationBody,
  CliAuthorizationView,
  CliDecisionBody,
  CliDecisionView,
  CliTokenBody,
  CliTokenView,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { PersonNameShape } from "./people-shapes.ts";
import { shape } from "./shape.ts";
import { choice, closed, flag, integer, ms, name } from "./terms.ts";

const text = (description: string) => Type.String({ description });

export const CliAuthorizationBodyShape = shape<CliAuthorizationBody>()(
  "CliAuthorizationBody",
  closed({ label: name("What asks, and from where, in its own words.", "ana on laptop") }),
);
export const CliAuthorizationShape = shape<CliAuthorizationView>()(
  "CliAuthorization",
  closed({
    device_code: text("For the command line alone."),
    user_code: text("To be compared by eye."),
    verification_url: text("Where somebody allows it."),
    expires_at: ms("Since the epoch."),
    interval_ms: integer("Milliseconds between two asks for the token."),
  }),
);
export const CliAskedShape = shape<CliAskedView>()(
  "CliAsked",
  closed({
    label: text("What it calls itself."),
    created_at: ms("Since the epoch."),
    address: text("Where it asked from."),
  }),
);
export const CliDecisionBodyShape = shape<CliDecisionBody>()(
  "CliDecisionBody",
  closed({ allow: flag("Let it act as whoever says so.") }),
);
export const CliDecisionShape = shape<CliDecisionView>()(
  "CliDecision",
  closed({ allowed: flag("It is signed in as soon as it asks again.") }),
);
export const CliTokenBodyShape = shape<CliTokenBody>()(
  "CliTokenBody",
  closed({
    device_code: Type.String({
      pattern: "^hpd_[A-Za-z0-9_-]{43}$",
      description: "As the authorization came with.",
      "x-expected": "the `device_code` that was given, whole",
    }),
  }),
);
export const CliTokenShape = shape<CliTokenView>()(
  "CliToken",
  Type.Union([
    closed({ status: choice(["pending"], "Nobody has allowed it yet.") }),
    closed({
      token: text("`hps_…`, a session; shown this once."),
      person: PersonNameShape.schema,
      expires_at: ms("Since the epoch."),
    }),
  ]),
);
