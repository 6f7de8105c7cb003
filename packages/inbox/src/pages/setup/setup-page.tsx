import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useQuery } from "@tanstack/react-query";
import { read, setCsrf } from "../../api/call.ts";
import type { Me } from "@haltpoint/protocol";
import { deviceName, makePasskey } from "../../api/passkey.ts";
import { KEYS } from "../../api/query-client.ts";
import { useTask } from "../../api/use-task.ts";
import { FailureNote, Form } from "../../ui/form.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { Mark } from "../../ui/icons.tsx";
import { useTitle } from "../../ui/page.tsx";
import { Read } from "../../ui/states.tsx";
import "../sign-in/sign-in.css";

/** The token is in the fragment, which no server and no log gets to see; from here it is taken out. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) history.replaceState(history.state, "", location.pathname);
  return token;
}

export default function SetupPage(): ReactNode {
  useTitle("Set up");
  const [token] = useState(takeToken);
  const open = useQuery({
    queryKey: KEYS.signIn,
    queryFn: ({ signal }) => read<{ readonly setup: boolean }>("/v1/sign-in", signal),
  });
  return (
    <main className="alone" id="main">
      <header className="sign-in-head">
        <Mark />
        <h1>Set up your sign-in</h1>
        <p className="lead">
          A passkey proves that it is you who decides. It stays on your device; nothing that could
          be stolen from here is sent.
        </p>
      </header>
      {token === null ? (
        <p className="note" data-tone="warn">
          The link is not complete, or this page was reloaded. Open the whole link once more; it is
          good until it was used or has expired.
        </p>
      ) : (
        <Read query={open} lines={2}>
          {({ setup }) => <Enrolment token={token} isFirst={setup} />}
        </Read>
      )}
    </main>
  );
}

function Enrolment({
  token,
  isFirst,
}: {
  readonly token: string;
  readonly isFirst: boolean;
}): ReactNode {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [passkeyName, setPasskeyName] = useState(() => deviceName(navigator.userAgent));
  const client = useQueryClient();
  const [, go] = useLocation();
  const task = useTask();
  const isMissing = isFirst && id.trim() === "";
  const enrol = async (): Promise<void> => {
    if (isMissing) return;
    const person = isFirst
      ? { id: id.trim(), name: name.trim() === "" ? id.trim() : name.trim() }
      : {};
    const isDone = await task.run(async () => {
      const made = await makePasskey<Me>({
        optionsPath: "/v1/enrolments/options",
        optionsBody: { token, ...person },
        path: "/v1/enrolments",
        body: { token, passkey_name: passkeyName.trim() },
      });
      if (!made.ok) return made.failure;
      setCsrf(made.value.csrf);
      client.setQueryData(KEYS.me, made.value);
      return null;
    });
    if (isDone) go("/inbox", { replace: true });
  };
  return (
    <Form onSend={() => void enrol()}>
      {isFirst ? <FirstPerson id={id} name={name} onId={setId} onName={setName} /> : null}
      <TextField
        label="Name of this passkey"
        hint="So that you find it when you lose the device."
        value={passkeyName}
        onValue={setPasskeyName}
      />
      <FailureNote failure={task.failure} />
      <button type="submit" className="button primary wide" disabled={task.isBusy || isMissing}>
        Create a passkey
      </button>
    </Form>
  );
}

function FirstPerson({
  id,
  name,
  onId,
  onName,
}: {
  readonly id: string;
  readonly name: string;
  readonly onId: (id: string) => void;
  readonly onName: (name: string) => void;
}): ReactNode {
  return (
    <>
      <p className="note">You are the first person here, and become its operator.</p>
      <TextField
        label="Your id"
        hint="Short and for ever: policy and the ledger name you by it."
        required
        autoComplete="username"
        autoCapitalize="none"
        placeholder="ana"
        value={id}
        onValue={onId}
      />
      <TextField
        label="Your name"
        hint="What others see. It can be changed."
        autoComplete="name"
        placeholder="Ana"
        value={name}
        onValue={onName}
      />
    </>
  );
}
