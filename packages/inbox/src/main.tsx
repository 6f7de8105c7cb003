import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client.ts";
import { Pages } from "./shell/pages.tsx";
import { keepData } from "./shell/kept-data.ts";
import { startPreferences } from "./shell/preferences.ts";
import { Announcements } from "./ui/announce.tsx";
import "./style/tokens.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/content.css";
import "./style/shell.css";

const place = document.getElementById("app");
if (place === null) throw new Error("the page has no place for the app");

startPreferences();
const client = createQueryClient();
keepData(client);
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Announcements>
        <Pages />
      </Announcements>
    </QueryClientProvider>
  </StrictMode>,
);
