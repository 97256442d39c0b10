// A classic script that runs before the first paint: a module would come too late, and a dark page would flash white.
try {
  const theme = localStorage.getItem("console.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's choice stands.
}
