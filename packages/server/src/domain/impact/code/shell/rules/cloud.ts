import { CARRIES, carrying, EMPTY } from "../../carried.ts";
import type { Stream } from "../../carried.ts";
import { readsFile } from "../../files.ts";
import { targetOf } from "../../hosts.ts";
import { quote } from "../../inspection.ts";
import { flagged, operands, optionValues } from "../session.ts";
import type { Command, Rule, Session, Value } from "../session.ts";
import { behind } from "./wrappers.ts";
import { sendsFile } from "./network.ts";

/** Clouds, clusters, containers and secret stores: read by the verbs they share. */

const DESTROYS =
  /^(?:delete|destroy|terminate|remove|rm|rb|purge|drop|deregister|revoke|disable|stop|deallocate|prune|drain|cordon|evict|uninstall|rollback|reset|wipe|empty|taint|down|scale-in|cancel|abort|detach|disassociate|schedule-key-deletion)(?:-|$)/u;
const SURELY =
  /^(?:delete|destroy|terminate|rb|purge|drop|wipe|prune|uninstall|schedule-key-deletion|remove|deregister)(?:-|$)/u;
const RIGHTS =
  /(?:^|-)(?:iam|policy|policies|role|roles|rolebinding|clusterrolebinding|role-assignment|access-key|access-keys|user|users|group|groups|permission|grant|grants|service-accounts?|serviceaccount|sa|add-iam-policy-binding|set-iam-policy|acl|security-group|security-group-ingress|firewall-rules?|firewall|kms|key|keys|login-profile|password|mfa|credentials?|identity|sts|assume-role|trust|oauth|token)(?:-|$)/u;
const LOOKS =
  /^(?:get|list|ls|describe|show|view|status|logs?|explain|version|help|top|api-resources|cluster-info|diff|plan|validate|fmt|output|history|inspect|images|ps|info|search|events|stats|port|config|current-context|whoami|head|wait|lint|template|graph|providers|auth)(?:-|$)/u;
const SECRETS =
  /^(?:secrets?|secretsmanager|get-secret-value|get-parameters?|get-parameters-by-path|ssm|key-vault|keyvault|kv|decrypt|get-session-token|get-login-password|print-access-token|print-identity-token|get-access-token|access|export-credentials|assume-role\S*|get-federation-token)$/u;
const SPENDS = /^(?:run-instances|purchase-\S+|create-fleet|request-spot-\S+)$/u;

const cloud: Rule = ({ name, args }, session) => {
  const words = operands(
    args,
    new Set(
      "--profile --region --query --output -o --project --zone -n --namespace -f --subscription -g --resource-group --name --context --kubeconfig -l --selector -c --cluster".split(
        " ",
      ),
    ),
  ).map(({ text }) => text.toLowerCase());
  const { inspection } = session;
  const said = quote([name, ...words.slice(0, 4)].join(" "));
  const verb =
    words.find((word) => DESTROYS.test(word)) ??
    words.find((word) => LOOKS.test(word)) ??
    words.at(-1) ??
    "help";
  const secrets = words.some((word) => SECRETS.test(word));
  if (secrets && !/^(?:list|delete|create|put)(?:-|$)/u.test(verb))
    inspection.find("secret_access", "high", `Would read secrets: ${said}.`);
  if (flagged(args, "", "dry-run", "dryrun")) return carrying(CARRIES.data);
  if (DESTROYS.test(verb))
    inspection.find(
      "destruction",
      SURELY.test(verb) ? "high" : "low",
      `Would delete or stop things in the cloud: ${said}.`,
    );
  else if (LOOKS.test(verb) && !secrets) {
    if (
      name !== "kubectl" &&
      verb !== "get-caller-identity" &&
      words.some((word) => RIGHTS.test(word))
    )
      inspection.find("secret_access", "low", `Would list accounts and rights: ${said}.`);
    return carrying(CARRIES.data);
  } else if (LOOKS.test(verb)) return carrying(CARRIES.secret | CARRIES.data);
  const changes = !LOOKS.test(verb);
  if (changes && words.some((word) => RIGHTS.test(word)))
    inspection.find("privilege_change", "high", `Would change accounts or rights: ${said}.`);
  else if (changes && words.some((word) => SPENDS.test(word)))
    inspection.find("spend", "high", `Would order machines that cost money: ${said}.`);
  else if (changes && !DESTROYS.test(verb))
    inspection.find("privilege_change", "low", `Would change things in the cloud: ${said}.`);
  inspection.writes();
  return carrying(secrets ? CARRIES.secret | CARRIES.data : CARRIES.data);
};

/** Copies to and from a cloud's store. */
const stores: Rule = (command, session) => {
  const words = operands(command.args, new Set(["--profile", "--region", "-h", "-o"]));
  const at = words.findIndex(({ text }) => /^(?:cp|mv|sync|rsync|put|upload)$/u.test(text));
  if (at < 0) return cloud(command, session);
  const [source, target] = [words[at + 1], words[at + 2]];
  const away = (value: Value | undefined): boolean =>
    /^(?:s3|gs|az|b2):\/\//u.test(value?.text ?? "");
  if (source !== undefined && away(target))
    sendsFile(source, targetOf(target?.text ?? ""), session);
  if (flagged(command.args, "", "delete") || words[at]?.text === "mv")
    session.inspection.find("destruction", "low", "Would delete what is only on one side.");
  if (optionValues(command.args, "--acl").some(({ text }) => text.startsWith("public")))
    session.inspection.find("data_release", "high", "Would let everybody read it.");
  session.inspection.writes();
  return EMPTY;
};

const kubectl: Rule = (command, session) => {
  const words = operands(
    command.args,
    new Set(["-n", "--namespace", "--context", "-c", "-o", "-f", "-l", "--kubeconfig"]),
  );
  const verb = words[0]?.text ?? "";
  if (verb === "exec" || verb === "run" || verb === "debug") {
    const at = command.args.findIndex(({ text }) => text === "--");
    const rest = at >= 0 ? command.args.slice(at + 1) : words.slice(2);
    session.inspection.find("code_execution", "low", "Would run a command in the cluster.");
    return rest.length === 0 ? EMPTY : session.run(rest, command.stdin);
  }
  if (verb === "cp") return EMPTY;
  if (
    /^(?:get|describe)$/u.test(verb) &&
    words.some(({ text }) => /^secrets?(?:$|\/)/u.test(text))
  ) {
    session.inspection.find("secret_access", "high", "Would read secrets of the cluster.");
    return carrying(CARRIES.secret);
  }
  if (/^(?:scale)$/u.test(verb) && command.args.some(({ text }) => /^--replicas=0$/u.test(text)))
    session.inspection.find("destruction", "high", "Would stop every copy of a service.");
  return cloud(command, session);
};

const DOCKER_RUN_VALUED = new Set(
  "-v -e -p -w -u --name --volume --env --publish --network --entrypoint --user --workdir --mount --env-file -h --hostname -l --label --cpus -m --memory --gpus --platform --restart --cap-add --device --add-host".split(
    " ",
  ),
);

const docker: Rule = ({ args, stdin }, session) => {
  const { inspection } = session;
  const words = operands(args, new Set(["-H", "--context", "-c", "-f", "--file"])).map(
    ({ text }) => text,
  );
  const [verb = "", second = ""] =
    words[0] === "container" || words[0] === "compose" ? words.slice(1) : words;
  const rest = args.slice(args.findIndex(({ text }) => text === verb) + 1);
  if (
    /^(?:ps|images|logs|inspect|version|info|stats|top|port|diff|history|ls|config|search|events)$/u.test(
      verb,
    )
  ) {
    return carrying(CARRIES.data);
  }
  inspection.writes();
  if (/^(?:run|exec|create)$/u.test(verb)) {
    dockerRights(rest, session);
    const inner = behind(rest, DOCKER_RUN_VALUED, 1);
    const entry = optionValues(rest, "--entrypoint");
    return inner.length + entry.length === 0 ? EMPTY : session.run([...entry, ...inner], stdin);
  }
  if (
    (/^(?:volume|system|image|network|builder|container|secret|config|stack|service)$/u.test(
      words[0] ?? "",
    ) &&
      /^(?:rm|prune|remove)$/u.test(words[1] ?? "")) ||
    verb === "rm" ||
    verb === "rmi" ||
    verb === "kill"
  ) {
    const data =
      /^(?:volume|system|secret|stack|service)$/u.test(words[0] ?? "") ||
      flagged(rest, "v", "volumes");
    if (data || !/^(?:rmi|kill)$/u.test(verb))
      inspection.find(
        "destruction",
        data ? "high" : "low",
        `Would delete: ${quote(["docker", ...words.slice(0, 3)].join(" "))}.`,
      );
  } else if (verb === "down" && flagged(rest, "v", "volumes"))
    inspection.find("destruction", "high", "Would delete the containers and their data.");
  else if (verb === "push")
    inspection.find("data_release", "low", `Would publish the image ${quote(second)}.`);
  else if (verb === "login")
    inspection.find("secret_access", "low", "Would sign in to a registry.");
  else if (verb === "cp" || verb === "save" || verb === "export") return carrying(CARRIES.data);
  return carrying(CARRIES.data);
};

/** A container that is given the host's own rights or files. */
function dockerRights(args: readonly Value[], session: Session): void {
  if (
    flagged(args, "", "privileged") ||
    args.some(({ text }) => /^--(?:pid|net|network|ipc|userns)=host$|^--cap-add=/u.test(text))
  ) {
    session.inspection.find(
      "privilege_change",
      "high",
      "Would give a container the rights of the machine.",
    );
  }
  for (const { text } of optionValues(args, "-v", "--volume", "--mount")) {
    const source = /(?:^|source=|src=)([/~][^:,]*)/u.exec(text)?.[1] ?? "";
    if (source === "/" || /docker\.sock$|^\/(?:etc|root|var|boot|proc|sys)(?:\/|$)/u.test(source)) {
      session.inspection.find(
        "privilege_change",
        "high",
        `Would give a container ${quote(source)} of the machine.`,
      );
    } else if (source !== "" && session.place(source).secret === "high")
      readsFile(session.inspection, session.place(source));
  }
}

const terraform: Rule = ({ args }, session) => {
  const verb = operands(args)[0]?.text ?? "";
  const { inspection } = session;
  if (verb === "destroy" || (verb === "apply" && flagged(args, "", "destroy")))
    inspection.find("destruction", "high", "Would destroy what Terraform manages.");
  else if (/^(?:apply|import|taint|up|refresh)$/u.test(verb))
    inspection.find("privilege_change", "low", "Would change what Terraform manages.");
  else if (
    /^(?:state|workspace|stack)$/u.test(verb) &&
    args.some(({ text }) => /^(?:rm|delete|push)$/u.test(text))
  )
    inspection.find("destruction", "high", "Would change or delete Terraform's state.");
  if (/^(?:plan|validate|show|output|state|graph|version|fmt|providers|preview)$/u.test(verb))
    return carrying(CARRIES.data);
  inspection.writes();
  return carrying(CARRIES.data);
};

const vault: Rule = (command, session) => {
  const words = operands(command.args).map(({ text }) => text);
  const verb =
    words.find((word) =>
      /^(?:read|get|list|write|put|delete|destroy|token|policy|auth|operator|unwrap|patch)$/u.test(
        word,
      ),
    ) ?? "";
  if (verb === "read" || verb === "get" || verb === "unwrap") {
    session.inspection.find("secret_access", "high", "Would read secrets from the vault.");
    return carrying(CARRIES.secret);
  }
  if (/^(?:delete|destroy)$/u.test(verb))
    session.inspection.find("destruction", "high", "Would delete secrets from the vault.");
  else if (verb !== "list" && verb !== "")
    session.inspection.find(
      "privilege_change",
      "high",
      "Would change secrets or rights in the vault.",
    );
  return EMPTY as Stream;
};

const helm: Rule = (command: Command, session) => {
  const verb = operands(command.args)[0]?.text ?? "";
  if (/^(?:install|upgrade)$/u.test(verb)) {
    session.inspection.find(
      "privilege_change",
      "low",
      "Would install or change a release in the cluster.",
    );
    return EMPTY;
  }
  return cloud(command, session);
};

export const CLOUD_RULES: readonly (readonly [string, Rule])[] = [
  ...[
    "gcloud",
    "az",
    "doctl",
    "heroku",
    "fly",
    "flyctl",
    "oci",
    "ibmcloud",
    "linode-cli",
    "eksctl",
    "vercel",
    "netlify",
    "railway",
    "openstack",
    "eb",
    "sam",
    "serverless",
    "cdk",
    "nomad",
    "consul",
    "etcdctl",
    "argocd",
    "flux",
    "oc-adm",
    "okta",
    "auth0",
    "stripe",
    "databricks",
    "snow",
    "wrangler",
  ].map((name) => [name, cloud] as const),
  ...["aws", "gsutil", "s3cmd", "s5cmd", "mc", "azcopy", "b2"].map(
    (name) => [name, stores] as const,
  ),
  ...["kubectl", "oc", "k3s"].map((name) => [name, kubectl] as const),
  ...["docker", "podman", "nerdctl", "docker-compose", "lxc"].map(
    (name) => [name, docker] as const,
  ),
  ...["terraform", "tofu", "terragrunt", "pulumi"].map((name) => [name, terraform] as const),
  ["vault", vault],
  ["helm", helm],
];
