/** Looks and delegations. */
import type {
  DelegationView,
  NewDelegationBody,
  PageView,
  SeenAnswer,
  SeenBody,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { shape } from "./shape.ts";
import { closed, flag, id, ms, nullable, text } from "./terms.ts";

const said = (description: string) => Type.String({ description });

export const SeenShape = shape<SeenBody>()(
  "SeenBody",
  closed({ read_ms: Type.Optional(ms("How long the card was in front of the person in all.")) }),
);
export const SeenAnswerShape = shape<SeenAnswer>()(
  "SeenAnswer",
  closed({
    first_seen_at: nullable(ms("Since the epoch; null for whoever may not decide it.")),
    last_seen_at: nullable(ms("Since the epoch.")),
  }),
);

export const NewDelegationShape = shape<NewDelegationBody>()(
  "NewDelegationBody",
  closed({
    to: id("Somebody who may decide in their own right.", "bo"),
    starts_at: Type.Optional(ms("Since the epoch; at once where it is left out.")),
    ends_at: ms("Since the epoch; it ends by itself."),
    reason: text("Why."),
  }),
);

export const DelegationShape = shape<DelegationView>()(
  "DelegationView",
  closed({
    id: said("`del_…`"),
    from: said("Whose requests are routed."),
    to: said("To whom."),
    starts_at: ms("Since the epoch."),
    ends_at: ms("Since the epoch."),
    reason: said("Why."),
    created_at: ms("Since the epoch."),
    ended_at: nullable(ms("When it was ended before its time.")),
    active: flag("In force now."),
  }),
);
export const DelegationPageShape = shape<PageView<DelegationView>>()(
  "DelegationPage",
  closed({
    items: Type.Array(DelegationShape.schema),
    cursor: nullable(said("Send as `cursor` for the next page; null on the last.")),
  }),
);
