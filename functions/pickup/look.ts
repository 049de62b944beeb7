/** The page's one style and one script. Their digests stand in the Content-Security-Policy: nothing else may run or look. */

/** System fonts, large targets, and colors with enough contrast in light and dark mode (WCAG 2.2 AA). */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#4a525c;--line:#6b7280;--act:#0b5cab;--on-act:#fff;--bad:#b00020;--box:#f2f5f9;--focus:#ffb000}
@media (prefers-color-scheme:dark){:root{--ink:#f1f3f5;--paper:#16191d;--soft:#c3cad3;--line:#98a1ad;--act:#8ec5ff;--on-act:#10151b;--bad:#ff9aa6;--box:#232830}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:38rem;margin:0 auto;padding:1rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;justify-content:space-between;align-items:center;border-bottom:1px solid var(--line)}
header p,fieldset p{margin:0}
header p{font-weight:600}
a{color:var(--act)}
header a,footer a{display:inline-block;padding:.625rem 0}
footer{border-top:1px solid var(--line);color:var(--soft)}
h1{font-size:1.75rem;line-height:1.2;margin:1rem 0}
h2{font-size:1.25rem;margin:0 0 .5rem}
fieldset{border:0;margin:0 0 1.5rem;padding:0;min-width:0}
legend,.question{padding:0;font-weight:600;display:block}
.hint{color:var(--soft)}
.dates{display:flex;flex-wrap:wrap;gap:1rem;margin-top:.75rem}
.dates label{display:block}
input{display:block;font:inherit;color:inherit;background:var(--paper);border:2px solid var(--line);border-radius:4px;padding:.5rem;min-height:2.75rem;margin-top:.25rem}
input[aria-invalid]{border-color:var(--bad)}
.day{width:4.5rem}.month{width:9rem}.year{width:6rem}.name{width:100%;max-width:22rem}
button{font:inherit;font-weight:600;color:var(--on-act);background:var(--act);border:0;border-radius:4px;padding:.75rem 1.25rem;min-height:2.75rem;cursor:pointer}
:focus-visible,[tabindex]:focus{outline:3px solid var(--focus);outline-offset:2px}
.summary{border:3px solid var(--bad);border-radius:4px;padding:1rem;margin:1rem 0}
.summary ul{margin:.5rem 0 0;padding-left:1.25rem}
.fault{color:var(--bad);font-weight:600;margin:.25rem 0 0}
.box{background:var(--box);border-radius:4px;padding:1rem;margin:1rem 0}
.pin{font:700 clamp(1.75rem,9vw,2.5rem)/1.2 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.06em;margin:0 0 .5rem;overflow-wrap:normal;white-space:nowrap}
.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap;user-select:none}
`;

/** An enhancement: without it the PIN can still be selected and read. */
export const SCRIPT = `
const button=document.getElementById('copy'),told=document.getElementById('told'),pin=document.getElementById('pin');
if(button&&told&&pin&&navigator.clipboard){button.hidden=false;button.addEventListener('click',async()=>{
let done=true;try{await navigator.clipboard.writeText(pin.textContent)}catch{done=false}
told.textContent=done?told.dataset.done:told.dataset.failed})}
`;
