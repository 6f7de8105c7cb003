import { CARRIES } from "../carried.ts";
import { changesFile, deletesFile, deletesFolder, isOthers, readsFile } from "../files.ts";
import { quote } from "../inspection.ts";
import type { Inspection } from "../inspection.ts";
import { placeOf } from "../places.ts";
import type { Place } from "../places.ts";
import { argument } from "./call.ts";
import type { Call, CallRule } from "./call.ts";
import { carriedIn, NOTHING, symbolic, textOf, texts } from "./values.ts";
import type { Abstract } from "./values.ts";

/** Calls that read, change and delete files. */

const OPENS =
  /^(?:open|io\.open|codecs\.open|builtins\.open|os\.open|os\.fdopen|gzip\.open|bz2\.open|aiofiles\.open|fopen|File\.open|fileinput\.input|Path\(\)\.open)$/u;
const FS = /^(?:fs|fs\.promises|fs\/promises|fs-extra|fsPromises|fsp|Deno|Bun)\.(\w+)$/u;
const DELETES_ALL =
  /^(?:shutil\.rmtree|rimraf(?:\.sync)?|del|os\.removedirs|distutils\.dir_util\.remove_tree|fse?\.(?:removeSync|remove|emptyDirSync|emptyDir)|FileUtils\.rm_rf?|rmtree)$/u;
const DELETES =
  /^(?:os\.(?:remove|unlink|rmdir)|unlink|File\.(?:delete|unlink)|FileUtils\.rm|send2trash(?:\.send2trash)?|Path\(\)\.(?:unlink|rmdir))$/u;
const COPIES =
  /^(?:shutil\.(?:copy2?|copyfile|copytree|copyfileobj)|os\.(?:link|symlink)|FileUtils\.cp|distutils\.file_util\.copy_file)$/u;
const MOVES =
  /^(?:shutil\.move|os\.(?:rename|replace|renames)|FileUtils\.mv|rename|Path\(\)\.(?:rename|replace))$/u;

function places(value: Abstract | undefined): readonly Place[] {
  return texts(value).map((text) => placeOf(text, "."));
}

export const files: CallRule = (call, name, inspection) => {
  const { symbol, args } = call;
  if (OPENS.test(symbol)) return opens(call, inspection);
  const inFs = FS.exec(symbol)?.[1];
  if (inFs !== undefined) return inModule(call, inFs.replace(/Sync$/u, ""), inspection);
  const path = symbol.startsWith("Path().") && call.self !== null ? call.self : args[0];
  if (DELETES_ALL.test(symbol)) {
    for (const place of places(path)) deletesFolder(inspection, place);
    return NOTHING;
  }
  if (DELETES.test(symbol)) {
    for (const place of places(path)) deletesFile(inspection, place);
    if (call.looped) inspection.find("destruction", "low", "Would delete files in a loop.");
    return NOTHING;
  }
  if (COPIES.test(symbol)) return copies(args[0], args[1], inspection);
  if (MOVES.test(symbol)) return moves(path, path === args[0] ? args[1] : args[0], inspection);
  return ofPath(call, name, path, inspection) ?? rights(call, inspection);
};

function opens(call: Call, inspection: Inspection): Abstract {
  const own = call.symbol === "Path().open";
  const path = own && call.self !== null ? call.self : call.args[0];
  const mode = textOf(argument(call, own ? 0 : 1, "mode"));
  const flags = call.args[1]?.symbol ?? "";
  const writes =
    /[wax+>]/u.test(call.args.length > (own ? 0 : 1) || call.keywords.has("mode") ? mode : "r") ||
    /O_(?:WRONLY|RDWR|CREAT|TRUNC)/u.test(flags);
  let carries: number = CARRIES.data;
  for (const place of places(path)) {
    if (writes) changesFile(inspection, place, mode.includes("a") ? "append to" : "overwrite");
    else carries |= readsFile(inspection, place);
  }
  return symbolic("open()", writes ? 0 : carries | (carriedIn(path) & CARRIES.secret));
}

/** Node's `fs` and its like; `Sync` is left out of the name. */
function inModule(call: Call, name: string, inspection: Inspection): Abstract {
  const { args } = call;
  const recursive = argument(call, -1, "recursive");
  if (/^(?:read|open|createRead|exists|stat|access|lstat)/u.test(name)) {
    if (!/^(?:readFile|createReadStream|readTextFile|open)/u.test(name)) return NOTHING;
    let carries = 0;
    if (name === "open" && /[wa]/u.test(args[1]?.text ?? ""))
      for (const place of places(args[0])) changesFile(inspection, place, "overwrite");
    else for (const place of places(args[0])) carries |= readsFile(inspection, place);
    return symbolic("open()", carries);
  }
  if (/^(?:rm|rmdir|remove|unlink|emptyDir)$/u.test(name)) {
    const all =
      (recursive !== undefined && recursive.symbol !== "false") ||
      /^(?:remove|emptyDir)$/u.test(name);
    for (const place of places(args[0])) (all ? deletesFolder : deletesFile)(inspection, place);
  } else if (/^(?:write|append|createWrite|truncate|ftruncate|mkdir|outputFile)/u.test(name)) {
    for (const place of places(args[0]))
      changesFile(
        inspection,
        place,
        name.startsWith("append") ? "append to" : name === "mkdir" ? "change" : "overwrite",
      );
  } else if (/^(?:copyFile|cp|copy|link|symlink)$/u.test(name))
    copies(args[0], args[1], inspection);
  else if (/^(?:rename|move)$/u.test(name)) moves(args[0], args[1], inspection);
  else if (/^l?ch(?:mod|own)$/u.test(name))
    return rights({ ...call, symbol: `os.${name}` }, inspection) ?? NOTHING;
  return NOTHING;
}

function copies(
  source: Abstract | undefined,
  target: Abstract | undefined,
  inspection: Inspection,
): Abstract {
  for (const place of places(source)) readsFile(inspection, place);
  for (const place of places(target)) changesFile(inspection, place, "overwrite");
  return NOTHING;
}

function moves(
  source: Abstract | undefined,
  target: Abstract | undefined,
  inspection: Inspection,
): Abstract {
  for (const place of places(source)) {
    readsFile(inspection, place);
    if (isOthers(place) || place.whole || place.decides !== null) {
      const sure = place.area === "system" || place.decides !== null;
      inspection.find(
        "destruction",
        sure ? "high" : "low",
        `Would move ${quote(place.path)} away from its place.`,
      );
    }
  }
  for (const place of places(target)) changesFile(inspection, place, "overwrite");
  return NOTHING;
}

/** Methods of paths, and functions that read or write a file in one go. */
function ofPath(
  call: Call,
  name: string,
  path: Abstract | undefined,
  inspection: Inspection,
): Abstract | null {
  if (
    /^(?:read_text|read_bytes)$/u.test(name) ||
    /^(?:linecache\.getlines?|np\.loadtxt|numpy\.loadtxt|pd\.read_\w+|pandas\.read_\w+|file_get_contents|File\.read|IO\.read|readFile|readFileSync)$/u.test(
      call.symbol,
    )
  ) {
    const read = name.startsWith("read_") && call.self !== null ? call.self : path;
    let carries = 0;
    for (const place of places(read)) carries |= readsFile(inspection, place);
    return symbolic("open()", carries);
  }
  if (
    /^(?:write_text|write_bytes|touch|mkdir|symlink_to|hardlink_to)$/u.test(name) &&
    typeof call.self?.text === "string"
  ) {
    for (const place of places(call.self))
      changesFile(inspection, place, name === "mkdir" || name === "touch" ? "change" : "overwrite");
    return NOTHING;
  }
  if (
    /^(?:os\.(?:mkdir|makedirs|truncate|mknod)|file_put_contents|File\.write)$/u.test(call.symbol)
  ) {
    for (const place of places(path))
      changesFile(inspection, place, /mkdir|makedirs/u.test(name) ? "change" : "overwrite");
    return NOTHING;
  }
  if (/^(?:os\.(?:listdir|walk|scandir)|glob\.i?glob)$/u.test(call.symbol)) {
    const folder = textOf(path);
    return {
      ...NOTHING,
      items: [{ ...NOTHING, text: /[*?]/u.test(folder) ? folder : `${folder}/*` }],
    };
  }
  if (/^(?:pwd\.getpwall|pwd\.getpwnam|grp\.getgrall|spwd\.getsp\w+)$/u.test(call.symbol)) {
    readsFile(
      inspection,
      placeOf(call.symbol.startsWith("spwd") ? "/etc/shadow" : "/etc/passwd", "."),
    );
    return { ...NOTHING, carries: CARRIES.data };
  }
  if (
    /^keyring\.get_(?:password|credential)$|^(?:.*\.)?get_secret_value$|^hvac\.\S*read\S*$/u.test(
      call.symbol,
    )
  ) {
    inspection.find("secret_access", "high", `Would read a stored secret (${quote(call.symbol)}).`);
    return { ...NOTHING, carries: CARRIES.secret };
  }
  return null;
}

function rights(call: Call, inspection: Inspection): Abstract | null {
  if (
    !/^(?:os\.l?ch(?:mod|own|flags)|shutil\.chown|Path\(\)\.chmod|File\.chmod|chmod)$/u.test(
      call.symbol,
    )
  )
    return null;
  inspection.writes();
  const own = call.symbol.startsWith("Path()");
  const mode = call.args[own ? 0 : 1];
  const bits = Number(mode?.text ?? Number.NaN);
  const setsId =
    (Number.isInteger(bits) && (bits & 0o6000) !== 0) || /S_IS[UG]ID/u.test(mode?.symbol ?? "");
  const opens = Number.isInteger(bits) && (bits & 0o002) !== 0;
  for (const place of places(own ? (call.self ?? undefined) : call.args[0])) {
    if (setsId)
      inspection.find(
        "privilege_change",
        "high",
        `Would let ${quote(place.path)} run with its owner's rights.`,
      );
    else if (isOthers(place) || place.decides !== null)
      inspection.find("privilege_change", "high", `Would change who may use ${quote(place.path)}.`);
    else if (
      place.area !== "work" &&
      place.area !== "temp" &&
      (opens || /chown/u.test(call.symbol))
    )
      inspection.find("privilege_change", "low", `Would change who may use ${quote(place.path)}.`);
  }
  return NOTHING;
}
