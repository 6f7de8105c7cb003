import { startBinary } from "../../cli/testing/binary.ts";
import { closeHouse, prepareHouse, type House, type HouseOptions } from "./house.ts";

/** `haltpoint serve` on an empty store: nobody is registered, and a link makes the first person. */
export interface NewHouse extends Pick<House, "url" | "process" | "folder" | "close"> {
  readonly setupLink: string;
}

export async function openNewHouse(options: HouseOptions = {}): Promise<NewHouse> {
  const { folder, around, args } = await prepareHouse(options);
  const process = startBinary(["serve", ...args], around);
  const [setupLink] = await process.shows(/http:\/\/localhost:\d+\/setup#\S+/);
  return {
    url: new URL(setupLink).origin,
    process,
    folder,
    setupLink,
    close: () => closeHouse(process, folder),
  };
}
