export const THEMES = ["auto", "light", "dark"];
export const LANGUAGES = ["en", "zh"];

export function storedTheme() {
  const stored = read("console.theme");
  return THEMES.includes(stored) ? stored : "auto";
}

export function chooseTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  write("console.theme", theme);
}

export function storedLanguage() {
  const stored = read("console.language");
  if (LANGUAGES.includes(stored)) return stored;
  return navigator.language?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function storeLanguage(language) {
  write("console.language", language);
}

// Browsers may refuse storage; a choice then lasts as long as the page.
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // See above.
  }
}
