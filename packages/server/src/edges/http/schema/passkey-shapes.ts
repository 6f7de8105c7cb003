/** What passkeys and enrolment links send and are answered. */
import type {
  CeremonyView,
  EnrolmentBody,
  EnrolmentCeremonyView,
  EnrolmentOptionsBody,
  EnrolmentView,
  NewPasskeyBody,
  PasskeySignInBody,
} from "@haltpoint/protocol";
import { Type } from "./type.ts";
import { PersonNameShape } from "./people-shapes.ts";
import { shape } from "./shape.ts";
import { closed, free, id, ms, name } from "./terms.ts";

const text = (description: string) => Type.String({ description });

const ceremony = Type.String({
  pattern: "^cer_[0-9A-Z]{26}$",
  description: "As the options came with.",
  "x-expected": "the `ceremony` that the options came with",
});
const token = Type.String({
  pattern: "^[A-Za-z0-9_-]{20,128}$",
  description: "From the link, after `#token=`.",
  "x-expected": "the token of the link, whole",
});
const response = free("What the browser's passkey answered, as JSON.");

const ceremonyMembers = {
  ceremony: text("To be sent back with the answer."),
  expires_at: ms("Since the epoch."),
  options: free("For `navigator.credentials`, as JSON."),
};
export const CeremonyShape = shape<CeremonyView>()("Ceremony", closed(ceremonyMembers));
export const PasskeySignInShape = shape<PasskeySignInBody>()(
  "PasskeySignIn",
  closed({ ceremony, response }),
);
const passkeyName = name("What its owner calls it.", "laptop");
export const NewPasskeyShape = shape<NewPasskeyBody>()(
  "NewPasskey",
  closed({ ceremony, response, name: passkeyName }),
);

export const EnrolmentShape = shape<EnrolmentView>()(
  "Enrolment",
  closed({ link: text("For one use; shown this once."), expires_at: ms("Since the epoch.") }),
);
export const EnrolmentOptionsShape = shape<EnrolmentOptionsBody>()(
  "EnrolmentOptions",
  closed({
    token,
    id: Type.Optional(id("The first person's; with the setup link only.", "ana")),
    name: Type.Optional(name("The first person's.", "Ana")),
  }),
);
export const EnrolmentCeremonyShape = shape<EnrolmentCeremonyView>()(
  "EnrolmentCeremony",
  closed({ ...ceremonyMembers, person: PersonNameShape.schema }),
);
export const EnrolmentBodyShape = shape<EnrolmentBody>()(
  "EnrolmentBody",
  closed({ token, ceremony, response, passkey_name: passkeyName }),
);
