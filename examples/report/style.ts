import { Html } from "./html";
import { colorVariables } from "./palette";

/** The look of every page: system fonts, light and dark, one to three columns. */
export const styleSheet = new Html(`
:root{color-scheme:light dark;${colorVariables.light}}
@media (prefers-color-scheme:dark){:root{${colorVariables.dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
header,main,footer{max-width:1208px;margin:0 auto;padding:0 24px}
h1,h2,h3,p,ul,dl,dd,figure{margin:0;padding:0}
ul{list-style:none}
header{padding-top:56px}
h1{font-size:clamp(1.75rem,1.2rem + 2.4vw,2.75rem);line-height:1.12;letter-spacing:-.022em;font-weight:700;text-wrap:balance}
.subtitle{color:var(--muted);font-size:1.1rem;margin-top:12px;max-width:68ch;text-wrap:pretty}
h2{font-size:1.45rem;letter-spacing:-.012em;line-height:1.25}
h3{font-size:1.12rem;line-height:1.3;margin-bottom:14px;letter-spacing:-.005em}
section{padding-top:56px;scroll-margin-top:-24px}
.intro{color:var(--muted);margin-top:8px;max-width:76ch;text-wrap:pretty}
.intro b{color:var(--ink);font-weight:600}
nav{margin-top:28px}
nav ul{display:flex;flex-wrap:wrap;gap:6px 22px}
nav a{color:var(--c1);text-decoration:none;font-weight:550;font-size:.95rem}
nav a:hover{text-decoration:underline;text-underline-offset:3px}
a:focus-visible,.scroll:focus-visible{outline:2px solid var(--c1);outline-offset:3px;border-radius:3px}
.facts{display:flex;flex-wrap:wrap;gap:14px 36px;margin-top:26px;padding-top:20px;border-top:1px solid var(--rule)}
.facts dt{color:var(--muted);font-size:.8rem}
.facts dd{font-weight:600}
.headline{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,210px),1fr));gap:16px;margin-top:30px}
.tile,.card{background:var(--card);border:1px solid var(--rule);border-radius:14px}
.tile{padding:18px 22px 16px}
.tile .what{color:var(--muted);font-size:.88rem;line-height:1.35}
.tile .big{font-size:2.5rem;line-height:1.15;font-weight:700;letter-spacing:-.03em;color:var(--c1);margin:2px 0 8px}
.tile li{display:grid;grid-template-columns:1fr auto;gap:2px 12px;font-size:.82rem;color:var(--muted);padding:3px 0}
.tile li.main{color:var(--ink);font-weight:600}
.tile li>i{grid-column:1/-1;height:5px;border-radius:3px;background:var(--grid);overflow:hidden}
.tile li>i>i{display:block;height:100%;border-radius:3px;background:var(--muted);opacity:.55}
.tile li.main>i>i{background:var(--c1);opacity:1}
.card{padding:24px 26px 22px;margin-top:20px}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:14px 30px}
figure{min-width:0;display:grid;grid-template-rows:subgrid;grid-row:span 3;row-gap:6px;align-content:start}
.head{display:flex;flex-wrap:wrap;align-items:center;align-content:start;min-height:26px;justify-content:space-between;gap:2px 14px}
.name{font-weight:620;font-size:.95rem;line-height:1.4}
.key{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:.8rem;color:var(--muted)}
.key li{display:flex;align-items:center;gap:6px}
.key i{display:block;width:18px;height:0}
.key i.dot{box-sizing:border-box;width:11px;height:11px;border:1.6px solid;border-radius:50%}
.heatkey{color:var(--muted);flex:none}
figure>svg{display:block;width:100%;height:auto;overflow:visible;color:var(--muted)}
figure text{font-variant-numeric:tabular-nums}
figcaption{color:var(--muted);font-size:.84rem;line-height:1.45;text-wrap:pretty;padding-bottom:12px}
.empty{color:var(--muted);border:1px dashed var(--rule);border-radius:8px;padding:40px 16px;text-align:center;font-size:.9rem}
.text{color:var(--muted);grid-row:span 3;align-self:center;text-wrap:pretty}
.text p+p{margin-top:10px}
.text b,.guide b{color:var(--ink);font-weight:600}
.guide{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:12px 32px;margin-top:16px;color:var(--muted);font-size:.9rem}
.scroll{overflow-x:auto;margin-top:20px;background:var(--card);border:1px solid var(--rule);border-radius:14px}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{padding:11px 22px;text-align:right;white-space:nowrap}
th:first-child{text-align:left}
thead th{color:var(--muted);font-weight:500;font-size:.84rem;border-bottom:1px solid var(--rule)}
tbody th{font-weight:500}
tbody tr+tr>*{border-top:1px solid var(--grid)}
.emphasis>*{font-weight:700;color:var(--c1)}
.note{color:var(--muted);font-size:.84rem;line-height:1.5;margin-top:10px;max-width:96ch;text-wrap:pretty}
footer{padding-top:56px;padding-bottom:48px;color:var(--muted);font-size:.84rem}
@media (max-width:640px){header,main,footer{padding-left:16px;padding-right:16px}header{padding-top:36px}section{padding-top:44px}.card{padding:18px 16px}.tile{padding:14px 16px 12px}table{font-size:.86rem}th,td{padding:9px 10px}th{white-space:normal}thead th{font-size:.78rem;line-height:1.3;vertical-align:bottom}.facts{gap:12px 28px}}
@media print{body{background:none}.card,.tile{break-inside:avoid}figure{break-inside:avoid}nav{display:none}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`);
