/** What people send and are answered when they sign in and look after themselves. */
import type {
  DevelopmentSignInBody,
  Me,
  MyContactBody,
  PasskeyView,
  PersonName,
  SessionView,
  SessionsView,
  SignedOutView,
  SignInView,
  SignInVia,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { shape } from "./shape.ts";
import { choice, closed, flag, id, integer, ms, nullable } from "./terms.ts";

const text = (description: string) => Type.String({ description });
const texts = (description: string) => Type.Array(Type.String(), { description });

const VIAS = ["oidc", "passkey", "development"] as const satisfies readonly SignInVia[];
const via = choice(VIAS, "How they proved who they are.");
export const PersonNameShape = shape<PersonName>()(
  "PersonName",
  closed({ id: text("Immutable."), name: text("For display.") }),
);

export const SignInViewShape = shape<SignInView>()(
  "SignIn",
  closed({
    methods: closed({
      passkey: flag("Sign in with a passkey."),
      oidc: nullable(closed({ name: text("What the button says.") })),
      development: nullable(Type.Array(PersonNameShape.schema)),
    }),
    setup: flag("Nobody is registered: the setup link that the server printed makes the first."),
  }),
);

export const DevelopmentSignInShape = shape<DevelopmentSignInBody>()(
  "DevelopmentSignIn",
  closed({ person: id("Whom to be.", "ana") }),
);

export const PasskeyViewShape = shape<PasskeyView>()(
  "PasskeyView",
  closed({
    id: text("`pk_…`"),
    name: text("What its owner calls it."),
    created_at: ms("Since the epoch."),
    last_used_at: nullable(ms("Since the epoch.")),
    backed_up: flag("Outlives the device."),
  }),
);

export const MeShape = shape<Me>()(
  "Me",
  closed({
    person: closed({
      id: text("Immutable."),
      name: text("For display."),
      email: nullable(text("Where they are told.")),
      slack: nullable(text("Where they are told.")),
      rights: texts("Rights beside reviewing and owning."),
    }),
    via,
    channel: choice(["web", "cli"], "Where they act from."),
    csrf: nullable(text("To be sent as `x-haltpoint-csrf` with every change by cookie.")),
    session: nullable(text("`ses_…`")),
    expires_at: nullable(ms("When one has to sign in again at the latest.")),
    groups: texts("Groups of the policy in force."),
    passkeys: Type.Array(PasskeyViewShape.schema),
    development: flag("Nobody is authenticated here."),
    may_override: flag("Has the right to override."),
    server_time: ms("Since the epoch."),
    public_url: text("How people reach this server."),
  }),
);

const contact = (description: string, pattern: string, expected: string) =>
  Type.Optional(
    nullable(Type.String({ pattern, maxLength: 254, description, "x-expected": expected })),
  );

export const MyContactShape = shape<MyContactBody>()(
  "MyContact",
  closed({
    email: contact("Null: none.", '^[^\\s@<>",;]+@[^\\s@<>",;]+$', "an e-mail address"),
    slack: contact("A member id. Null: none.", "^[A-Z0-9]{2,32}$", "a member id such as U024BE7LH"),
  }),
);

const SessionViewShape = shape<SessionView>()(
  "SessionView",
  closed({
    id: text("`ses_…`"),
    kind: choice(["web", "cli"], "A browser or the command line."),
    via,
    label: text("What it calls itself."),
    created_at: ms("Since the epoch."),
    last_seen_at: ms("Since the epoch, to the minute."),
    expires_at: ms("Since the epoch."),
    current: flag("The one this call came by."),
  }),
);
export const SessionsShape = shape<SessionsView>()(
  "Sessions",
  closed({ items: Type.Array(SessionViewShape.schema) }),
);
export const SignedOutShape = shape<SignedOutView>()(
  "SignedOut",
  closed({ ended: integer("How many sessions ended.") }),
);
