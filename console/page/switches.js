// Language and theme switches, shared by the console and its login page.
import { LANGUAGES, THEMES, chooseTheme, storeLanguage, storedTheme } from "./preferences.js";
import { currentLanguage, setLanguage, t } from "./texts.js";
import { h } from "./tree.js";

let theme = storedTheme();

export function switches(rerender) {
  return [
    segments("language", LANGUAGES, currentLanguage(), (language) => ({ lang: language === "zh" ? "zh-CN" : "en" }), (language) => {
      storeLanguage(language);
      setLanguage(language);
      rerender();
    }),
    segments("theme", THEMES, theme, () => ({}), (chosen) => {
      theme = chosen;
      chooseTheme(chosen);
      rerender();
    }),
  ];
}

function segments(name, choices, chosen, properties, choose) {
  return h("div", { key: name, class: "segments", role: "group", "aria-label": t(name) }, choices.map((choice) => h("button", {
    key: choice,
    type: "button",
    "aria-pressed": choice === chosen ? "true" : "false",
    onclick: () => choose(choice),
    ...properties(choice),
  }, t(`${name}-${choice}`))));
}
