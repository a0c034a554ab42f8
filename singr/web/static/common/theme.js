// Dark unless the visitor chose otherwise. The server reads the cookie, so a page never flashes in the other theme.

const YEAR_S = 365 * 24 * 3600;

/** `button` switches themes; `label(other)` names the one it leads to. */
export function offerThemes(button, label) {
  const root = document.documentElement;
  const other = () => (root.dataset.theme === "light" ? "dark" : "light");
  const name = () => {
    button.ariaLabel = button.title = label(other());
    button.hidden = false;
  };
  button.addEventListener("click", () => {
    root.dataset.theme = other();
    document.cookie = `singr_theme=${root.dataset.theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
    name();
  });
  name();
}
