"""How the report's page looks, by day and by night."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2330;--dim:#5d6675;--rule:#d9dee6;--old:#8fa3bf;--new:#2f6fde;
  --bad:#c8322b;--ok:#4f9d69;--wait:#d9a227;--none:#c4cad3}
@media(prefers-color-scheme:dark){:root{--bg:#14181f;--fg:#e6e9ef;--dim:#9aa4b2;--rule:#2c3440;--old:#5b6f8c;
  --new:#6ea0ff;--bad:#ff6b5e;--ok:#63c286;--wait:#e8bd55;--none:#454e5c}}
body{font:15px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--fg);max-width:1000px;margin:2rem auto;
  padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.3rem 0}
table{border-collapse:collapse;width:100%}
td,th{padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top;
  overflow-wrap:anywhere}
td:first-child{white-space:nowrap}
td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.dim{color:var(--dim)}
.broken{color:var(--bad);font-weight:600}
.held{color:var(--ok);font-weight:600}
figure{margin:1rem 0}
figcaption{font-weight:600}
.keys{font-weight:400;font-size:13px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:.8rem;margin:1.2rem 0}
.tile{border:1px solid var(--rule);border-radius:6px;padding:.6rem .8rem;font-size:13px;line-height:1.35}
.tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
svg{width:100%;height:auto;display:block}
svg text{font-size:11px;fill:var(--dim)}
text.name{text-anchor:end}
text.time{text-anchor:middle}
.tick{stroke:var(--rule)}
.key{margin-right:1rem;color:var(--dim);white-space:nowrap}
.key i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
.old{fill:var(--old);background:var(--old)}
.new{fill:var(--new);background:var(--new)}
.bad{fill:var(--bad);background:var(--bad);stroke:none}
.ok{fill:var(--ok);background:var(--ok)}
.wait{fill:var(--wait);background:var(--wait)}
.none{fill:var(--none);background:var(--none)}
.band{fill:var(--rule);background:var(--rule);opacity:.45}
.mark{stroke-width:1.5;stroke-dasharray:4 3}
.mark.out{stroke:var(--fg)}
.mark.seen{stroke:var(--wait)}
.mark.over{stroke:var(--ok)}
.key i.mark{width:0;height:1em;vertical-align:-.15em;border-left:2px dashed}
.key i.mark.out{color:var(--fg)}
.key i.mark.seen{color:var(--wait)}
.key i.mark.over{color:var(--ok)}
.line{fill:none;stroke-width:2;background:none}
.line.new{stroke:var(--new)}
.line.bad{stroke:var(--bad)}
.line.wait{stroke:var(--wait)}
.key i.line.new{background:var(--new)}
.key i.line.bad{background:var(--bad)}
.key i.line.wait{background:var(--wait)}
pre{overflow:auto;font-size:12px}
details{margin:1rem 0}
summary{cursor:pointer}
"""
"""The page's style sheet."""
