/** The page's only style sheet; light and dark by the reader's choice. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --soft: #5a6068; --page: #ffffff; --raised: #f5f6f8; --line: #d9dce1; --good: #dff0e5; --link: #1d5fa8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e6e9; --soft: #a0a7b0; --page: #16181b; --raised: #1f2226; --line: #363b42; --good: #1d3a28; --link: #8bb8f0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 1440px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 0.75rem; }
h3 { font-size: 1rem; margin: 0 0 0.5rem; }
h4 { font-size: 1rem; margin: 0 0 0.5rem; }
.scroll + h3 { margin-top: 1.5rem; }
.scroll { margin-bottom: 1rem; position: relative; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
p.files { font-size: 0.875rem; margin: 0.4rem 0; }
p.files a { margin-right: 1rem; }
figure details { margin: 0; font-size: 0.875rem; }
img.test-image { display: block; width: 4rem; height: 4rem; object-fit: contain; image-rendering: pixelated; margin-bottom: 0.25rem; }
p.sub { margin: 0; color: var(--soft); }
ul.summary { padding-left: 1.2rem; max-width: 52rem; }
ul.summary li { margin: 0.35rem 0; }
.scroll, .drawing { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.85rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.6rem; max-width: min(52rem, calc(100vw - 3rem)); }
th, td { padding: 0.45rem 0.3rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
th[scope="row"] { position: sticky; left: 0; background: var(--page); min-width: 8rem; }
figure th[scope="row"] { background: var(--raised); }
p.note { color: var(--soft); font-size: 0.875rem; max-width: 52rem; margin: 0 0 0.75rem; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--line); }
td small { display: block; color: var(--soft); font-size: 0.69rem; white-space: nowrap; }
td.best { background: var(--good); font-weight: 600; }
td.best small { font-weight: 400; }
th small { display: block; font-weight: 400; color: var(--soft); }
figure { margin: 0 0 2.25rem; padding: 1rem 1.1rem; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; }
figcaption { color: var(--soft); font-size: 0.875rem; max-width: 56rem; margin-top: 0.5rem; }
svg { color: var(--text); max-width: 100%; min-width: 44rem; height: auto; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; font-size: 0.9rem; margin: 0 0 1rem; }
dt { font-weight: 600; }
dd { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
pre { overflow-x: auto; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; font-size: 0.8rem; }
@media print { figure { break-inside: avoid; } details { display: none; } }
`;
