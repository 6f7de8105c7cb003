/** What could not be told to people. */
import type { DeliveryView, PageView } from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { shape } from "./shape.ts";
import { choice, closed, integer, ms, nullable } from "./terms.ts";

const text = (description: string) => Type.String({ description });

export const DeliveryViewShape = shape<DeliveryView>()(
  "Delivery",
  closed({
    id: text("`note_…`; the `webhook-id` of a webhook."),
    notice: text("What it is about."),
    channel: choice(["webhook", "chat", "mail"], "Where it was to be told."),
    request_id: nullable(text("The request it is about.")),
    person: nullable(text("Whose copy it is; null: everybody's.")),
    status: choice(
      ["failing", "dead", "folded"],
      "`failing`: it will be tried again. `folded`: an older one like it was told instead.",
    ),
    told_instead: nullable(text("For `folded`: that older request.")),
    attempts: integer("How often it was tried."),
    last_error: nullable(text("Why it failed.")),
    next_at: nullable(ms("When it is tried next, since the epoch.")),
    dead_at: nullable(ms("When it was given up, since the epoch.")),
  }),
);
export const DeliveryPageShape = shape<PageView<DeliveryView>>()(
  "DeliveryPage",
  closed({
    items: Type.Array(DeliveryViewShape.schema),
    cursor: nullable(text("Send as `cursor` for the next page; null on the last.")),
  }),
);
