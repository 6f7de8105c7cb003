import type { Me, SignInView } from "@haltpoint/protocol";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { useLocation } from "wouter";
import { read, setCsrf, type Answer } from "../../api/call.ts";
import { useMe } from "../../api/me.ts";
import { post, signInWithPasskey } from "../../api/passkey.ts";
import { KEYS } from "../../api/query-client.ts";
import { useTask, type Task } from "../../api/use-task.ts";
import { returnAddress } from "../../shell/return-address.ts";
import { Mark } from "../../ui/icons.tsx";
import { FailureNote } from "../../ui/form.tsx";
import { useTitle } from "../../ui/page.tsx";
import { Read } from "../../ui/states.tsx";
import "./sign-in.css";

export default function SignInPage(): ReactNode {
  useTitle("Sign in");
  const [, go] = useLocation();
  const me = useMe();
  const client = useQueryClient();
  const task = useTask();
  const methods = useQuery({
    queryKey: KEYS.signIn,
    queryFn: ({ signal }) => read<SignInView>("/v1/sign-in", signal),
  });
  const to = returnAddress(location.search);
  const isSignedIn = me.data !== undefined && me.data !== null;
  useEffect(() => {
    if (isSignedIn) go(to, { replace: true });
  }, [isSignedIn, to, go]);
  // `haltpoint dev` prints links for one of its people, so that its inbox opens signed in.
  const asked = new URLSearchParams(location.search).get("person");
  const isKnown = methods.data?.methods.development?.some(({ id }) => id === asked) === true;
  const mayBegin = me.data === null && asked !== null && isKnown;
  useEffect(() => {
    if (mayBegin) signIn(() => post<Me>("/v1/sign-in/development", { person: asked }));
    // Once, when it is known who is asked for.
  }, [mayBegin]);
  const signIn = (how: () => Promise<Answer<Me>>): void => {
    void task.run(async () => {
      const answer = await how();
      if (!answer.ok) return answer.failure;
      setCsrf(answer.value.csrf);
      client.setQueryData(KEYS.me, answer.value);
      return null;
    });
  };
  return (
    <main className="alone" id="main">
      <header className="sign-in-head">
        <Mark />
        <h1>Sign in to Haltpoint</h1>
        {to === "/inbox" ? null : <p className="hint">You go on to the page you opened.</p>}
      </header>
      <Read query={methods} lines={2}>
        {(read) => <Methods known={read} to={to} task={task} signIn={signIn} />}
      </Read>
    </main>
  );
}

function Methods({
  known: { methods, setup },
  to,
  task,
  signIn,
}: {
  readonly known: SignInView;
  readonly to: string;
  readonly task: Task;
  readonly signIn: (how: () => Promise<Answer<Me>>) => void;
}): ReactNode {
  const { passkey, oidc, development } = methods;
  return (
    <div className="sign-in-ways">
      <FailureNote failure={task.failure} />
      {oidc === null ? null : (
        <a
          className="button primary wide"
          href={`/auth/oidc/start?return=${encodeURIComponent(to)}`}
        >
          Continue with {oidc.name}
        </a>
      )}
      {passkey ? (
        <button
          type="button"
          className={oidc === null ? "button primary wide" : "button wide"}
          disabled={task.isBusy}
          onClick={() => signIn(signInWithPasskey)}
        >
          Sign in with a passkey
        </button>
      ) : null}
      {setup ? (
        <p className="note">
          Nobody is set up here yet. The server printed a link when it started; open it to become
          the first person.
        </p>
      ) : null}
      {development === null ? null : (
        <section className="sign-in-people" aria-labelledby="people">
          <h2 id="people">Development: be somebody</h2>
          <p className="hint">Nobody is authenticated. Never use this for real actions.</p>
          <ul>
            {development.map(({ id, name }) => (
              <li key={id}>
                <button
                  type="button"
                  className="button wide"
                  disabled={task.isBusy}
                  onClick={() => signIn(() => post<Me>("/v1/sign-in/development", { person: id }))}
                >
                  {name}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {passkey || oidc !== null || development !== null ? null : (
        <p className="note" data-tone="warn">
          No way to sign in is set up. An operator can: see `sign_in` in the configuration.
        </p>
      )}
    </div>
  );
}
