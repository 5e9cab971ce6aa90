"""The style sheet of the report: one column, readable from 320 pixels on; only tables and large figures scroll."""

STYLE = """
:root { color-scheme: light; --good: #00795a; --suspect: #8f5a00; --bad: #a3123a; --line: #dde2e6; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans",
  "Noto Sans CJK JP", sans-serif;
  color: #1c2329; background: #f5f7f8; overflow-wrap: anywhere; }
header, main { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.2rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
header p { margin: .3rem 0 1rem; color: #55606a; }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 0 0 .4rem; }
h3 { font-size: 1rem; margin: .9rem 0 .3rem; color: #33424f; }
ul.verdicts { list-style: none; margin: 0; padding: 0; }
ul.verdicts li { border-left: 5px solid; padding: .25rem 0 .25rem .7rem; margin: .35rem 0; }
ul.verdicts li.good { border-color: var(--good); }
ul.verdicts li.suspect { border-color: var(--suspect); }
ul.verdicts li.bad { border-color: var(--bad); }
.mark { font-weight: 700; margin-right: .3rem; }
.good .mark, td.good { color: var(--good); } .suspect .mark, td.suspect { color: var(--suspect); }
.bad .mark, td.bad { color: var(--bad); } td.good, td.suspect, td.bad { font-weight: 600; }
.problem { border-left: 5px solid var(--bad); padding-left: .7rem; }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
caption { text-align: left; color: #55606a; padding: .6rem 0 .1rem; }
summary { cursor: pointer; padding: .3rem 0; }
img { display: block; max-width: 100%; height: auto; margin: .3rem 0 .8rem; }
img.small { width: 44rem; }
img.large { min-width: 40rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr);
  gap: .15rem 1rem; margin: .3rem 0; }
dt { color: #55606a; } dd { margin: 0; }
@media (max-width: 30rem) { dl { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); font-size: .92rem; }
  section { border-radius: 0; margin-left: -1rem; margin-right: -1rem; } }
@media print { body { background: #fff; } section { break-inside: avoid-page; border: 0; } }
"""
