// Light or dark: the choice stands in a cookie, so the server's first byte already has it.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const current = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  const tell = (button) => button.setAttribute("aria-pressed", String(current() === "dark"));
  const start = () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      tell(button);
      dark.addEventListener("change", () => tell(button));
      button.addEventListener("click", () => {
        root.dataset.theme = current() === "dark" ? "light" : "dark";
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `firsthand_theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Strict${secure}`;
        tell(button);
      });
    }
  };
  document.addEventListener("DOMContentLoaded", start, { once: true });
})();
