import { useState, type ReactNode } from "react";
import { useAction } from "../../api/use-action.ts";
import { Actions, FailureNote, Field, Form } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Explained, type Explanation } from "./explained.tsx";
import { imaginedFrom } from "./imagined.ts";

const EXAMPLE = JSON.stringify(
  {
    identity: "procurement-agent",
    action: {
      name: "procurement.purchase_order.submit",
      properties: { amount: "9000.00 USD", vendor: "Acme GmbH", items: "40 chairs" },
    },
    resource: { type: "purchase_order", id: "PO-7" },
  },
  undefined,
  2,
);

/** What policy would say of a request that is never submitted. */
export function Explain(): ReactNode {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const ask = useAction<unknown, Explanation>((request) => ({
    method: "POST",
    path: "/v1/policies/explain",
    body: { request },
  }));
  const send = async (): Promise<void> => {
    const imagined = imaginedFrom(text);
    setWrong(imagined.ok ? null : imagined.why);
    setExplanation(null);
    if (!imagined.ok) return;
    const answer = await ask.run(imagined.request);
    if (answer?.ok === true) setExplanation(answer.value);
  };
  return (
    <Panel title="Explain" about="What policy would say, and why. Nothing is submitted.">
      <div className="panel-body">
        <Form onSend={() => void send()}>
          <Field
            label="A request as JSON"
            hint="With identity, action, resource and, where it has one, context."
            error={wrong ?? undefined}
          >
            {(control) => (
              <textarea
                {...control}
                className="input mono"
                dir="ltr"
                rows={text === "" ? 4 : 10}
                spellCheck={false}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          <FailureNote failure={ask.failure} />
          <Actions>
            <button type="button" className="button quiet" onClick={() => setText(EXAMPLE)}>
              Put in an example
            </button>
            <button type="submit" className="button primary" disabled={ask.isBusy || text === ""}>
              Explain
            </button>
          </Actions>
        </Form>
        <div role="status">
          {explanation === null ? null : <Explained explanation={explanation} />}
        </div>
      </div>
    </Panel>
  );
}
