/** The page's HTML as Mustache: every {{value}} is escaped, and nothing is put in unescaped. */
import { SCRIPT, STYLE } from './look.ts';

/** Around each page. Style and script are the same bytes on every one, so that their digests are. */
export const LAYOUT = `<!doctype html>
<html lang="{{language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="format-detection" content="telephone=no, date=no">
<title>{{#isError}}{{words.error}}: {{/isError}}{{title}} – {{practice.name}}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p>{{practice.name}}</p>
{{#isAsking}}<nav><a href="?lang={{words.other.language}}" lang="{{words.other.language}}" hreflang="{{words.other.language}}">{{words.other.name}}</a></nav>{{/isAsking}}
</header>
<main>
{{>content}}
</main>
<footer>
<p>{{words.help}} <a href="tel:{{dialled}}">{{practice.phone}}</a></p>
</footer>
{{#pin}}<script>${SCRIPT}</script>{{/pin}}
</body>
</html>
`;

/** The form, by itself and under what was wrong. It is sent to where it came from, so that the page holds no token. */
export const FORM = `{{#refused}}
<section class="summary" aria-labelledby="wrong" tabindex="-1" autofocus>
<h2 id="wrong">{{title}}</h2>
<p>{{what}}</p>
{{#hasTries}}<ul>
{{#tries}}<li>{{.}}</li>
{{/tries}}<li>{{words.help}} <a href="tel:{{dialled}}">{{practice.phone}}</a></li>
</ul>{{/hasTries}}
</section>
{{/refused}}
{{#hasFaults}}
<section class="summary" aria-labelledby="wrong" tabindex="-1" autofocus>
<h2 id="wrong">{{words.mend}}</h2>
<ul>
{{#faults}}<li><a href="#{{field}}">{{text}}</a></li>
{{/faults}}</ul>
</section>
{{/hasFaults}}
<h1>{{words.ask.title}}</h1>
<p>{{words.ask.why}}</p>
<form method="post" novalidate>
<fieldset aria-describedby="example{{#dateFault}} date-fault{{/dateFault}}">
<legend>{{words.ask.birthDate}}</legend>
<p class="hint" id="example">{{words.ask.example}}</p>
{{#dateFault}}<p class="fault" id="date-fault">{{dateFault}}</p>{{/dateFault}}
<div class="dates">
{{#dates}}<div><label for="{{name}}">{{label}}</label>
<input class="{{name}}" id="{{name}}" name="{{name}}" type="text" inputmode="{{mode}}" autocomplete="bday-{{name}}" maxlength="40" value="{{value}}"{{#isWrong}} aria-invalid="true" aria-describedby="date-fault"{{/isWrong}}></div>
{{/dates}}</div>
</fieldset>
{{#asksName}}<fieldset>
<label class="question" for="last-name">{{words.ask.lastName}}</label>
<p class="hint" id="name-hint">{{words.ask.lastNameHint}}</p>
{{#nameFault}}<p class="fault" id="name-fault">{{nameFault}}</p>{{/nameFault}}
<input class="name" id="last-name" name="last-name" type="text" autocomplete="family-name" spellcheck="false" maxlength="100" value="{{lastName}}" aria-describedby="name-hint{{#nameFault}} name-fault{{/nameFault}}"{{#nameFault}} aria-invalid="true"{{/nameFault}}>
</fieldset>{{/asksName}}
<button type="submit">{{words.ask.show}}</button>
</form>`;

export const PIN = `<h1>{{words.pin.title}}</h1>
<div class="box">
<p class="pin"><span id="pin" aria-hidden="true">{{pin}}</span><span class="heard">{{words.pin.spelled}} {{spelled}}</span></p>
<p>{{words.pin.until}} <strong>{{until}}</strong></p>
<button id="copy" type="button" hidden>{{words.pin.copy}}</button>
<p id="told" role="status" data-done="{{words.pin.copied}}" data-failed="{{words.pin.notCopied}}"></p>
</div>
<h2>{{words.use.title}}</h2>
<ol>
<li>{{words.use.portal}} <a href="{{practice.portalUrl}}">{{practice.portalUrl}}</a></li>
<li>{{words.use.enter}}</li>
<li>{{words.use.keep}}</li>
</ol>`;

export const EXPIRED = `<h1>{{words.expired.title}}</h1>
<p>{{words.expired.what}}</p>
<p>{{words.expired.offer}}</p>
<form method="post">
<input type="hidden" name="proof" value="{{proof}}">
<button type="submit">{{words.expired.send}}</button>
</form>`;

export const REGISTERED = `<h1>{{words.registered.title}}</h1>
<p>{{words.registered.what}}</p>
<p>{{words.registered.portal}} <a href="{{practice.portalUrl}}">{{practice.portalUrl}}</a></p>
<p>{{words.registered.notYou}}</p>`;

/** Whatever needs no more than a sentence or two. */
export const NOTICE = `<h1>{{title}}</h1>
{{#sentences}}<p>{{.}}</p>
{{/sentences}}`;
