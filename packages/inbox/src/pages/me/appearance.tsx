import type { ReactNode } from "react";
import { setPreferences, usePreferences } from "../../shell/preferences.ts";
import { Panel } from "../../ui/panel.tsx";

const THEMES = [
  { theme: "system", name: "As the system" },
  { theme: "light", name: "Light" },
  { theme: "dark", name: "Dark" },
] as const;
const DIRECTIONS = [
  { direction: "ltr", name: "Left to right" },
  { direction: "rtl", name: "Right to left" },
] as const;

export function Appearance(): ReactNode {
  const { theme, direction } = usePreferences();
  return (
    <Panel title="Appearance" about="Kept in this browser only.">
      <div className="panel-body">
        <fieldset className="segments">
          <legend>Theme</legend>
          {THEMES.map((each) => (
            <label key={each.theme} className="choice">
              <input
                type="radio"
                name="theme"
                checked={theme === each.theme}
                onChange={() => setPreferences({ theme: each.theme })}
              />
              {each.name}
            </label>
          ))}
        </fieldset>
        <fieldset className="segments">
          <legend>Direction</legend>
          {DIRECTIONS.map((each) => (
            <label key={each.direction} className="choice">
              <input
                type="radio"
                name="direction"
                checked={direction === each.direction}
                onChange={() => setPreferences({ direction: each.direction })}
              />
              {each.name}
            </label>
          ))}
        </fieldset>
      </div>
    </Panel>
  );
}
