/** The look of the page, in light and dark. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --line: light-dark(#d5d9e0, #3a4150);
  --faint: light-dark(#5b6472, #9aa5b5);
  --panel: light-dark(#f5f7fa, #1b2029);
  --accent: light-dark(#0b57d0, #8ab4f8);
  font: 15px/1.5 system-ui, sans-serif;
}
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.25rem 3rem; background: light-dark(#fff, #12161d); color: light-dark(#1a1f27, #e4e8ee); }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.25rem; }
h1 { font-size: 1.35rem; margin: 0.25rem 0; flex: 1 1 auto; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
p { margin: 0.5rem 0; }
.note, .empty { color: var(--faint); }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; margin: 0.5rem 0; }
form { display: flex; gap: 0.5rem; align-items: end; }
label { display: grid; font-size: 0.85rem; color: var(--faint); }
input, select, button { font: inherit; color: inherit; padding: 0.3rem 0.65rem; border: 1px solid var(--line); border-radius: 6px; background: light-dark(#fff, #232a35); min-height: 2.1rem; }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--accent); }
button:disabled { cursor: default; opacity: 0.5; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 0.5rem 0.75rem; color: var(--faint); }
th, td { text-align: left; padding: 0.4rem 0.75rem; border-top: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; background: var(--panel); white-space: nowrap; }
td { overflow-wrap: anywhere; }
td button { margin: 0 0.35rem 0.25rem 0; white-space: nowrap; }
code { font: 0.9em/1.4 ui-monospace, monospace; }
#message { min-height: 1.5rem; color: var(--accent); }
`;
