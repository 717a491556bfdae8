/** A hundred texts that would run as code if any of them became HTML, an address or a script. */

const RUN = 'top.ran=1'

const SHAPES: ((run: string) => string)[] = [
  (run) => `<script>${run}</script>`,
  (run) => `"><script>${run}</script>`,
  (run) => `<img src=x onerror=${run}>`,
  (run) => `'><img src=x onerror="${run}">`,
  (run) => `<svg onload=${run}>`,
  (run) => `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
  (run) => `<body onload=${run}>`,
  (run) => `<details open ontoggle=${run}>`,
  (run) => `<input autofocus onfocus=${run}>`,
  (run) => `<iframe srcdoc="<script>${run}</script>">`,
  (run) => `<iframe src="javascript:${run}">`,
  (run) => `<a href="javascript:${run}">x</a>`,
  (run) => `<math><mtext></table><mglyph><style><img src=x onerror=${run}>`,
  (run) => `<style>@import 'javascript:${run}'</style>`,
  (run) => `<object data="javascript:${run}">`,
  (run) => `<form action="javascript:${run}"><button>x`,
  (run) => `<video><source onerror=${run}></video>`,
  (run) => `</title><script>${run}</script>`,
  (run) => `</textarea><img src=x onerror=${run}>`,
  (run) => `[x](javascript:${run})`,
  (run) => `[x](JaVaScRiPt:${run})`,
  (run) => `[x](data:text/html,<script>${run}</script>)`,
  (run) => `![x](javascript:${run})`,
  (run) => `![x" onerror="${run}](x)`,
  (run) => `<javascript:${run}>`,
  (run) => `[x]: javascript:${run}`,
  (run) => `\${${run}}`,
  (run) => `{{constructor.constructor('${run}')()}}`,
  (run) => `{{${run}}}`,
  (run) => `$t(${run})`,
  (run) => `javascript:${run}`,
  (run) => `'-${run}-'`,
  (run) => `\\u003cscript\\u003e${run}\\u003c/script\\u003e`,
  (run) => `<mark><img src=x onerror=${run}></mark>`,
]

/** The same attack with other spellings of what it runs. */
const RUNS = [RUN, `top['ran']=1`, `eval('top.ran=1')`]

export const PAYLOADS = RUNS.flatMap((run) => SHAPES.map((shape) => shape(run))).slice(0, 100)
